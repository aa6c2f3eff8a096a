package io.neurobalancer.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The borders between the modules, see docs/decisions/0001. */
@AnalyzeClasses(packages = "io.neurobalancer", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String[] CORE = {
    "io.neurobalancer",
    "io.neurobalancer.unit..",
    "io.neurobalancer.device..",
    "io.neurobalancer.workload..",
    "io.neurobalancer.cost..",
    "io.neurobalancer.plan..",
    "io.neurobalancer.governor..",
    "io.neurobalancer.target.."
  };

  private static String[] corePlus(String... packages) {
    String[] all = java.util.Arrays.copyOf(CORE, CORE.length + packages.length + 2);
    System.arraycopy(packages, 0, all, CORE.length, packages.length);
    all[all.length - 2] = "java..";
    all[all.length - 1] = "org.jspecify..";
    return all;
  }

  private static ArchRule room(String room, String... alsoUses) {
    String[] allowed = java.util.Arrays.copyOf(alsoUses, alsoUses.length + 1);
    allowed[alsoUses.length] = "io.neurobalancer." + room + "..";
    return classes()
        .that()
        .resideInAPackage("io.neurobalancer." + room + "..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(corePlus(allowed)));
  }

  @ArchTest
  static final ArchRule core_usesNothingButTheLanguage =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(CORE)
                  .or(
                      resideInAnyPackage(
                          "java.lang",
                          "java.lang.invoke",
                          "java.util",
                          "java.util.function",
                          "java.util.stream",
                          "java.util.regex",
                          "java.util.concurrent..",
                          "java.math",
                          "org.jspecify..")));

  /** Within core, what stands further left knows nothing of what stands further right. */
  @ArchTest
  static final ArchRule core_hasNoCircles =
      SlicesRuleDefinition.slices()
          .matching("io.neurobalancer.(unit|device|workload|cost|plan|governor|target)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule files_useCoreAndJackson = room("files", "com.fasterxml.jackson..");

  @ArchTest static final ArchRule baselines_useCoreOnly = room("baselines");

  @ArchTest
  static final ArchRule simulator_usesCoreFilesAndBaselines =
      room(
          "simulator",
          "io.neurobalancer.files..",
          "io.neurobalancer.baselines..",
          "org.apache.commons.csv..");

  @ArchTest
  static final ArchRule linux_usesCoreAndFiles = room("linux", "io.neurobalancer.files..");

  @ArchTest
  static final ArchRule report_usesCoreAndFiles =
      room("report", "io.neurobalancer.files..", "com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule onnx_knowsNoDeviceAndNoReport =
      noClasses()
          .that()
          .resideInAPackage("io.neurobalancer.onnx..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.neurobalancer.simulator..",
                  "io.neurobalancer.linux..",
                  "io.neurobalancer.baselines..",
                  "io.neurobalancer.evaluation..",
                  "io.neurobalancer.report..",
                  "io.neurobalancer.cli.."));

  @ArchTest
  static final ArchRule onlyEvaluation_seesAnOracle =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.neurobalancer.evaluation..", "io.neurobalancer.simulator.oracle..")
          .should()
          .dependOnClassesThat(resideInAPackage("io.neurobalancer.simulator.oracle.."));

  @ArchTest
  static final ArchRule onlyTheCommandLine_endsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.neurobalancer.cli..")
          // The process that reads a model ends with the one that started it.
          .and()
          .doNotHaveFullyQualifiedName("io.neurobalancer.onnx.importer.ProbeMain")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  @ArchTest
  static final ArchRule onlyTheCommandLine_readsTheWallClock =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.neurobalancer.cli..")
          .and()
          .doNotHaveSimpleName("SystemClock") // the one place that reads it
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(java.time.Instant.class, "now");

  @ArchTest
  static final ArchRule onlyTheCommandLine_prints =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.neurobalancer.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule noRandomness_withoutASeed =
      noClasses()
          .should()
          .callConstructor(java.util.Random.class)
          .orShould()
          .callConstructor(java.util.SplittableRandom.class)
          .orShould()
          .callMethod(Math.class, "random");
}
