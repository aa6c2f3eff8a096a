package io.neurobalancer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neurobalancer.linux.adb.AdbServer;
import io.neurobalancer.linux.adb.Phone;
import io.neurobalancer.target.Inference;
import io.neurobalancer.target.RunClock;
import io.neurobalancer.target.Stream;
import io.neurobalancer.unit.NeuroBalancerException;
import io.neurobalancer.workload.DataType;
import io.neurobalancer.workload.Operator;
import io.neurobalancer.workload.OperatorKind;
import io.neurobalancer.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clocks behind adb are set and given back as on a board, and by the guard alone where need be. */
final class AdbActuationTest {

  private static final Workload TWO =
      new Workload("two", "00", List.of(operator("a"), operator("b")));

  private final FakeAdb adb = new FakeAdb();
  private final VirtualClock clock = new VirtualClock();

  @TempDir private Path folder;

  @AfterEach
  void end() throws IOException {
    adb.close();
  }

  /** A tree whose clocks run as they are told to. */
  private static final class ObedientTree extends TreeSysfs {

    ObedientTree(String name) {
      parse(text(name));
    }

    @Override
    String stored(String path, String value) {
      String directory = path.substring(0, path.lastIndexOf('/'));
      String name = path.substring(path.lastIndexOf('/') + 1);
      if (name.equals("governor") && value.equals("userspace")) {
        put(directory + "/userspace/set_freq", "0", "rw");
      } else if (name.equals("governor")) {
        remove(directory + "/userspace/set_freq");
      }
      String device = name.equals("set_freq") ? directory.replaceFirst("/[^/]+$", "") : directory;
      for (String current : List.of("scaling_cur_freq", "cur_freq")) {
        if (exists(device + "/" + current)
            && value.matches("[0-9]+")
            && name.matches(".*(max|min)_freq|scaling_setspeed|set_freq")) {
          set(device + "/" + current, value);
        }
      }
      return value;
    }
  }

  private static Operator operator(String name) {
    return new Operator(
        name,
        "Conv",
        OperatorKind.UNKNOWN,
        1000,
        0,
        0,
        0,
        List.of(),
        List.of(),
        List.of(),
        DataType.FLOAT32);
  }

  private static Inference work(RunClock clock) {
    List<Stream> streams = List.of(Stream.of(TWO));
    return new Inference() {
      @Override
      public List<Stream> streams() {
        return streams;
      }

      @Override
      public void run(int stream, int segment) {
        clock.sleepUntil(clock.nanoTime() + 1_000_000);
      }

      @Override
      public void close() {}
    };
  }

  private LinuxTarget apply(Phone phone, List<String> domains) throws IOException {
    return phone.apply(
        domains, work(clock), 1, GuardFile.in(folder), new RunFolder(folder.resolve("run")), clock);
  }

  private static Map<String, String> settings(TreeSysfs tree) {
    Map<String, String> all = new TreeMap<>(tree.contents());
    // What a clock runs at is no setting; an exact clock means something under its governor only.
    all.keySet()
        .removeIf(path -> path.matches(".*/(scaling_)?cur_freq|.*/scaling_setspeed|.*/set_freq"));
    all.replaceAll((path, value) -> path.endsWith("force_vcore_dvfs_opp") ? "-1" : value);
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pixel-4", "pixel-6", "snapdragon-8-gen-1", "mediatek", "rk3588"})
  void everyDomainOfEveryFamily_isSet_andGivenBack(String name) throws IOException {
    ObedientTree tree = new ObedientTree(name);
    FakePhone fake = new FakePhone(tree, clock);
    Map<String, String> before = settings(tree);
    adb.plugIn("A1", fake);
    try (Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      for (DomainChoice domain : DomainChoice.all(Discovery.of(tree))) {
        tree.writes.clear();
        try (LinuxTarget target = apply(phone, List.of(domain.name()))) {
          target.measure(0, target.grid().fastest());
          target.measure(0, 0);
        }
        assertThat(settings(tree)).isEqualTo(before);
        String slowest = String.valueOf(domain.clocks().get(0).steps().get(0).value());
        assertThat(tree.writes).as(domain.name()).anyMatch(w -> w.endsWith("=" + slowest));
      }
      assertThat(fake.unjournalled).isEmpty();
      assertThat(fake.files.keySet()).noneMatch(path -> path.endsWith("journal"));
      assertThat(folder.resolve("run/journal")).doesNotExist();
    }
  }

  @Test
  void aKernelThatClampsAndAppliesLate_isDriven_andARivalIsNamed() throws IOException {
    FakeKernel kernel = new FakeKernel(clock);
    FakePhone fake = new FakePhone(kernel, clock);
    adb.plugIn("A1", fake);
    try (Phone phone = Phone.connect(new AdbServer(adb.port(), true), "");
        LinuxTarget target = apply(phone, List.of("cpu4", "dmc"))) {
      target.measure(0, target.grid().setting(new int[] {1, 0}));
      assertThat(kernel.hertz(FakeKernel.POLICY4)).isEqualTo(900_000_000L);
      synchronized (kernel) {
        kernel.rival(FakeKernel.POLICY4 + "/scaling_governor", "performance");
      }
      var run =
          target.run(
              (board, now) -> new io.neurobalancer.governor.Governor() {},
              io.neurobalancer.target.Schedule.of(0.3, 0.3, 3),
              io.neurobalancer.target.RunObserver.NONE);
      assertThat(run.notes()).anyMatch(note -> note.startsWith("This run is contested"));
    }
    assertThat(fake.unjournalled).isEmpty();
  }

  @Test
  void theCablePulledInMidRun_isAnError_andTheGuardGivesBackAlone() throws Exception {
    FakeKernel kernel = new FakeKernel(clock);
    FakePhone fake = new FakePhone(kernel, clock);
    adb.plugIn("A1", fake);
    Phone phone = Phone.connect(new AdbServer(adb.port(), true), "");
    LinuxTarget target = apply(phone, List.of("cpu4", "dmc"));
    target.measure(0, target.grid().setting(new int[] {0, 0}));
    assertThat(kernel.hertz(FakeKernel.POLICY4)).isEqualTo(500_000_000L);

    adb.pullCable();

    assertThat(fake.guardEnded.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(kernel.read(FakeKernel.POLICY4 + "/scaling_governor")).isEqualTo("schedutil");
    assertThat(kernel.read(FakeKernel.DMC + "/governor")).isEqualTo("simple_ondemand");
    assertThat(fake.files.keySet()).noneMatch(path -> path.endsWith("journal"));
    assertThatThrownBy(() -> target.measure(0, target.grid().fastest()))
        .isInstanceOfSatisfying(
            NeuroBalancerException.class,
            e -> assertThat(e.kind()).isEqualTo(NeuroBalancerException.Kind.HARDWARE_REFUSED))
        .hasMessageContaining("out of reach");
    assertThat(fake.unjournalled).isEmpty();
    assertThatThrownBy(target::close).hasMessageContaining("the phone is out of reach");
    phone.close();
  }

  @Test
  void whatARunLeft_whoseGuardDiedToo_isGivenBackBeforeTheNextOne() throws IOException {
    FakeKernel kernel = new FakeKernel(clock);
    FakePhone fake = new FakePhone(kernel, clock);
    adb.plugIn("A1", fake);
    Path journal = folder.resolve("left");
    new Journal(
            "",
            1,
            List.of(
                new Original(Role.MAX, FakeKernel.POLICY4 + "/scaling_max_freq", "2200000"),
                new Original(Role.MIN, FakeKernel.POLICY4 + "/scaling_min_freq", "500000")),
            List.of())
        .store(Journal.DISK, journal);
    fake.files.put("/data/local/tmp/neurobalancer/run/journal", Files.readAllBytes(journal));
    try (Phone phone = Phone.connect(new AdbServer(adb.port(), true), "")) {
      apply(phone, List.of("cpu4")).close();
    }
    clock.advance(50_000_000);
    assertThat(kernel.read(FakeKernel.POLICY4 + "/scaling_max_freq")).isEqualTo("2200000");
  }

  @Test
  void selinuxThatRefusesAWrite_endsTheRun_withEverythingBack() throws IOException {
    FakeKernel kernel = new FakeKernel(clock);
    FakePhone fake = new FakePhone(kernel, clock);
    fake.selinux.add(FakeKernel.DMC + "/userspace/set_freq");
    adb.plugIn("A1", fake);
    try (Phone phone = Phone.connect(new AdbServer(adb.port(), true), "");
        LinuxTarget target = apply(phone, List.of("cpu4", "dmc"))) {
      assertThatThrownBy(() -> target.measure(0, 0))
          .hasMessageContaining("SELinux refuses it even to root")
          .hasMessageContaining("Everything that was changed is back");
    }
    assertThat(kernel.read(FakeKernel.POLICY4 + "/scaling_governor")).isEqualTo("schedutil");
  }
}
