package io.neurobalancer.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which labels the rules keep, in which order, compared in pairs. */
final class LabelStoreTest {

  /** Labels that lie before those a rule looks at; each is some label's parent. */
  private static final int BEFORE = 3;

  /** What a store says of a label; its setting, a running number, keeps equals apart. */
  private record Label(
      int setting,
      double seconds,
      double joules,
      List<Integer> switches,
      List<Double> dwelt,
      List<Boolean> hurried,
      int parentsSetting) {}

  private static Label read(LabelStore store, int label, int limits) {
    return new Label(
        store.setting(label),
        store.seconds(label),
        store.joules(label),
        IntStream.range(0, limits).mapToObj(l -> store.switches(label, l)).toList(),
        IntStream.range(0, limits).mapToObj(l -> store.dwelt(label, l)).toList(),
        IntStream.range(0, limits).mapToObj(l -> store.hurriedStart(label, l)).toList(),
        store.trace(label, 2)[1]);
  }

  private static List<Label> all(LabelStore store, int from, int limits) {
    return IntStream.range(from, store.size()).mapToObj(i -> read(store, i, limits)).toList();
  }

  /** Small whole numbers, so that ties are many; the setting is a running number. */
  private static LabelStore store(int count, int limits, int span, Random random) {
    LabelStore store = new LabelStore(limits);
    for (int i = 0; i < BEFORE + count; i++) {
      int parent = i < BEFORE ? 0 : random.nextInt(BEFORE);
      int label =
          store.add(
              100 + i, random.nextInt(span), random.nextInt(span), random.nextInt(span), parent);
      assertThat(label).isEqualTo(i);
      for (int l = 0; l < limits; l++) {
        store.limit(label, l, random.nextInt(3), random.nextInt(3), random.nextBoolean());
      }
    }
    assertThat(store.size()).isEqualTo(BEFORE + count);
    return store;
  }

  private static boolean earlier(Label a, Label b) {
    return a.seconds() < b.seconds()
        || (a.seconds() == b.seconds() && a.joules() < b.joules())
        || (a.seconds() == b.seconds() && a.joules() == b.joules() && a.setting() < b.setting());
  }

  private static boolean freer(Label a, Label b) {
    return IntStream.range(0, a.switches().size())
        .allMatch(
            l ->
                a.switches().get(l) <= b.switches().get(l)
                    && a.dwelt().get(l) >= b.dwelt().get(l)
                    && (b.hurried().get(l) || !a.hurried().get(l)));
  }

  private static List<Label> unbeaten(List<Label> labels, BiPredicate<Label, Label> beats) {
    return labels.stream().filter(b -> labels.stream().noneMatch(a -> beats.test(a, b))).toList();
  }

  private static List<Label> byTime(List<Label> labels) {
    return labels.stream()
        .sorted(
            Comparator.comparingDouble(Label::seconds)
                .thenComparingDouble(Label::joules)
                .thenComparingInt(Label::setting))
        .toList();
  }

  @Test
  void ofOneSetting_aLabelIsDropped_ifAnotherIsNoLaterNoDearerAndNoCloserToALimit() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int limits = seed % 3;
      LabelStore store = store(random.nextInt(30), limits, 2 + random.nextInt(20), random);
      List<Label> before = all(store, 0, limits).subList(0, BEFORE);
      List<Label> given = all(store, BEFORE, limits);
      store.keepUndominated(BEFORE);
      assertThat(all(store, BEFORE, limits))
          .as("seed %d", seed)
          .isEqualTo(
              byTime(
                  unbeaten(
                      given, (a, b) -> earlier(a, b) && a.joules() <= b.joules() && freer(a, b))));
      assertThat(all(store, 0, limits).subList(0, BEFORE)).isEqualTo(before);
    }
  }

  @Test
  void acrossSettings_aLabelIsDropped_ifAnotherIsEarlierAndCheaperEvenAfterSwitching() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      LabelStore store = store(random.nextInt(40), 0, 2 + random.nextInt(20), random);
      List<Label> given = all(store, BEFORE, 0);
      int seconds = random.nextInt(4);
      int joules = random.nextInt(4);
      store.keepUndominatedAcross(BEFORE, seconds, joules);
      // What is left stays in the order in which it came.
      assertThat(all(store, BEFORE, 0))
          .as("seed %d", seed)
          .isEqualTo(
              unbeaten(
                  given,
                  (a, b) ->
                      a.seconds() + seconds < b.seconds() && a.joules() + joules < b.joules()));
    }
  }

  @Test
  void thinning_keepsThoseOfTheLowestBounds_inTheirOrder() {
    LabelStore store = new LabelStore(1);
    double[] bounds = {9, 1, 8, 3, 5, 3, 7};
    for (int i = 0; i < bounds.length; i++) {
      store.limit(store.add(i, 10 - i, i, bounds[i], -1), 0, i, 2 * i, i % 2 == 1);
    }
    // The first one, which lies before, counts for nothing.
    store.thin(1, 6);
    assertThat(all(store)).containsExactly(0, 1, 2, 3, 4, 5, 6);
    store.thin(1, 5);
    assertThat(all(store)).containsExactly(0, 1, 3, 4, 5, 6);
    assertThat(store.switches(3, 0)).isEqualTo(4);
    assertThat(store.dwelt(3, 0)).isEqualTo(8);
    assertThat(store.hurriedStart(3, 0)).isFalse();
    assertThat(store.hurriedStart(4, 0)).isTrue();
    assertThat(store.seconds(5)).isEqualTo(4);
    assertThat(store.joules(5)).isEqualTo(6);
    // Of two at the same bound for one place, neither stays.
    store.thin(1, 2);
    assertThat(all(store)).containsExactly(0, 1);
  }

  @Test
  void boundsStayWithTheirLabels_whateverIsDropped() {
    LabelStore store = new LabelStore(0);
    store.add(0, 0, 0, 0, -1);
    // By time: 3, 1, 2; the last is beaten.
    store.add(1, 5, 5, 20, 0);
    store.add(2, 6, 6, 1, 0);
    store.add(3, 4, 7, 10, 0);
    store.keepUndominated(1);
    assertThat(all(store)).containsExactly(0, 3, 1);
    store.add(4, 9, 9, 20, 0);
    store.thin(1, 1);
    assertThat(all(store)).containsExactly(0, 3);
  }

  private static List<Integer> all(LabelStore store) {
    return IntStream.range(0, store.size()).map(store::setting).boxed().toList();
  }

  @Test
  void manyLabels_areSortedAndKept_pastTheRoomThereIsAtFirst() {
    for (int limits = 0; limits < 3; limits++) {
      int many = 1_500;
      Random random = new Random(limits);
      LabelStore store = new LabelStore(limits);
      double[] hours = random.doubles(many).toArray();
      for (int i = 0; i < many; i++) {
        // The later the cheaper: none beats another.
        int label = store.add(i, hours[i], -hours[i], 0, i == 0 ? 0 : i - 1);
        for (int l = 0; l < limits; l++) {
          store.limit(label, l, i + l, i - l, (i + l) % 3 == 0);
        }
      }
      for (int i = 0; i < many; i++) {
        assertThat(store.setting(i)).isEqualTo(i);
        for (int l = 0; l < limits; l++) {
          assertThat(store.switches(i, l)).isEqualTo(i + l);
          assertThat(store.dwelt(i, l)).isEqualTo(i - l);
          assertThat(store.hurriedStart(i, l)).isEqualTo((i + l) % 3 == 0);
        }
      }
      assertThat(store.trace(many - 1, many))
          .containsExactly(IntStream.range(0, many).map(i -> many - 1 - i).toArray());
      if (limits == 0) {
        store.keepUndominated(0);
        assertThat(IntStream.range(0, many).mapToDouble(store::seconds).toArray())
            .isSorted()
            .hasSize(many);
        store.keepUndominatedAcross(0, 0, 0);
        assertThat(store.size()).isEqualTo(many);
      }
      store.truncate(7);
      assertThat(store.size()).isEqualTo(7);
      assertThat(store.add(5, 1, 2, 3, 0)).isEqualTo(7);
      assertThat(store.seconds(7)).isEqualTo(1);
      assertThat(store.joules(7)).isEqualTo(2);
    }
  }
}
