package io.neurobalancer.cli;

import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Supplier;

/**
 * Ends the process in order, with an exit code of its own, when the user or the system interrupts
 * it. Whatever must be given back is given back by shutdown hooks, which all run before the end.
 */
final class Interruption {

  private static final String NOTHING_KEPT = "Interrupted; no result was written.";

  private static volatile Supplier<String> sentence = () -> NOTHING_KEPT;

  private Interruption() {}

  /** Says what an interruption leaves, from now on. */
  static void say(Supplier<String> kept) {
    sentence = kept;
  }

  /**
   * Answers SIGINT, SIGTERM and SIGHUP. The class that tells of signals is the one that every JDK
   * has had and that none promises; it is asked for by name, and without it the process ends as the
   * Java runtime ends it.
   */
  static void answer(PrintWriter err) {
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ours =
            Proxy.newProxyInstance(
                handler.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "handle" -> end(err);
                      case "hashCode" -> System.identityHashCode(proxy);
                      case "equals" -> proxy == arguments[0];
                      default -> "Interruption";
                    });
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // Not every system has every signal; the commonest come first.
        return;
      }
    }
  }

  @SuppressWarnings("ReturnValueIgnored")
  private static Object end(PrintWriter err) {
    err.println();
    err.println(sentence.get());
    err.flush();
    System.exit(ExitCode.INTERRUPTED);
    return "ended";
  }
}
