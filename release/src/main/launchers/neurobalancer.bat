@echo off
rem Starts NeuroBalancer from where its release was unpacked. Needs Java 17 or newer, unless the release brings its own.
setlocal
set "home=%~dp0.."
set "java=java.exe"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if exist "%home%\jre\bin\java.exe" set "java=%home%\jre\bin\java.exe"
"%java%" -version >nul 2>nul
if errorlevel 1 (
  echo neurobalancer: Java 17 or newer is needed, and no java was found. Maybe install a Java runtime or set JAVA_HOME. 1>&2
  exit /b 70
)
set "ORT_DISABLE_TELEMETRY=1"
"%java%" -Xshare:auto -XX:+UseParallelGC --enable-native-access=ALL-UNNAMED %NEUROBALANCER_JAVA_OPTS% ^
  -cp "%home%\lib\*" io.neurobalancer.cli.Main %*
exit /b %ERRORLEVEL%
