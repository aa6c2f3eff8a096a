package io.neurobalancer.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The borders between the modules, see docs/decisions/0001. */
@AnalyzeClasses(packages = "io.neurobalancer", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String[] CORE = {
    "io.neurobalancer.unit..",
    "io.neurobalancer.device..",
    "io.neurobalancer.workload..",
    "io.neurobalancer.cost..",
    "io.neurobalancer.plan..",
    "io.neurobalancer.governor.."
  };

  private static String[] corePlus(String... packages) {
    String[] all = java.util.Arrays.copyOf(CORE, CORE.length + packages.length + 2);
    System.arraycopy(packages, 0, all, CORE.length, packages.length);
    all[all.length - 2] = "java..";
    all[all.length - 1] = "org.jspecify..";
    return all;
  }

  @ArchTest
  static final ArchRule core_usesNothingButTheJdk =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(CORE)
                  .or(
                      resideInAnyPackage(
                          "java.lang..", "java.util..", "java.math..", "org.jspecify..")));

  @ArchTest
  static final ArchRule profiles_useCoreOnly =
      classes()
          .that()
          .resideInAPackage("io.neurobalancer.files..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(corePlus("io.neurobalancer.files..", "com.fasterxml.jackson..")));

  @ArchTest
  static final ArchRule simulator_usesCoreProfilesAndHistogramsOnly =
      classes()
          .that()
          .resideInAPackage("io.neurobalancer.simulator..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  corePlus(
                      "io.neurobalancer.simulator..",
                      "io.neurobalancer.files..",
                      "org.HdrHistogram..")));

  @ArchTest
  static final ArchRule learned_usesCoreAndItsLibraryOnly =
      classes()
          .that()
          .resideInAPackage("io.neurobalancer.learned..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  corePlus(
                      "io.neurobalancer.learned..",
                      "org.tribuo..",
                      "com.oracle.labs.mlrg.olcut..")));

  @ArchTest
  static final ArchRule onnx_usesCoreAndProfilesOnly =
      noClasses()
          .that()
          .resideInAPackage("io.neurobalancer.onnx..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "io.neurobalancer.simulator..",
                  "io.neurobalancer.report..",
                  "io.neurobalancer.cli.."));

  @ArchTest
  static final ArchRule report_usesCoreOnly =
      classes()
          .that()
          .resideInAPackage("io.neurobalancer.report..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(corePlus("io.neurobalancer.report..", "com.fasterxml.jackson..")));

  @ArchTest
  static final ArchRule predictionAndPlanning_neverSeeTheSimulator =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat(resideInAPackage("io.neurobalancer.simulator.."));

  @ArchTest
  static final ArchRule onlyTheCommandLine_endsTheProcess =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.neurobalancer.cli..")
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
          .doNotHaveFullyQualifiedName("io.neurobalancer.linux.SystemClock")
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
