package io.neurobalancer.simulator.engine;

import static io.neurobalancer.simulator.engine.HandDevice.FAST;
import static io.neurobalancer.simulator.engine.HandDevice.SLOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The clocks of a device and the heat of its die, step by step. */
final class ClocksAndHeatTest {

  private final HandDevice device = new HandDevice(1, 1);
  private final List<String> switched = new ArrayList<>();
  private final ClockDomains.SwitchListener listener =
      (domain, opp, stall, joules) -> switched.add(domain + ">" + opp + " " + stall + " " + joules);

  @Test
  void aClock_followsARequest_onceItHasSettled() {
    ClockDomains clocks = new ClockDomains(device);
    assertThat(clocks.setting()).isEqualTo(SLOW);
    assertThat(clocks.nextSwitch(3)).isInfinite();
    clocks.request(0, FAST);
    assertThat(clocks.requested(0)).isEqualTo(FAST);
    assertThat(clocks.current(0)).isEqualTo(SLOW);
    assertThat(clocks.nextSwitch(3)).isEqualTo(3);
    clocks.advance(3, listener);
    assertThat(switched).containsExactly("0>1 0.01 0.5");
    assertThat(clocks.setting()).isEqualTo(FAST);
    assertThat(clocks.current(0)).isEqualTo(FAST);
    clocks.requestSetting(SLOW);
    assertThat(clocks.nextSwitch(3.01)).isEqualTo(3.05);
    clocks.advance(3.01, listener);
    assertThat(clocks.setting()).isEqualTo(FAST);
    clocks.advance(3.05, listener);
    assertThat(clocks.setting()).isEqualTo(SLOW);
    assertThat(switched).hasSize(2);
    assertThatThrownBy(() -> clocks.request(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> clocks.request(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aCap_holdsAClockDown_andLetsGoOfIt() {
    ClockDomains clocks = new ClockDomains(device);
    assertThat(clocks.cap(0)).isEqualTo(FAST);
    clocks.request(0, FAST);
    clocks.cap(0, SLOW);
    assertThat(clocks.nextSwitch(1)).isInfinite();
    clocks.advance(1, listener);
    assertThat(clocks.setting()).isEqualTo(SLOW);
    clocks.cap(0, FAST);
    clocks.advance(2, listener);
    assertThat(clocks.setting()).isEqualTo(FAST);
    clocks.cap(0, SLOW);
    clocks.advance(3, listener);
    assertThat(clocks.setting()).isEqualTo(SLOW);
    assertThat(clocks.requested(0)).isEqualTo(FAST);
  }

  @Test
  void aCopy_goesItsOwnWay_fromWhereItBegan() {
    ClockDomains clocks = new ClockDomains(device);
    clocks.request(0, FAST);
    clocks.advance(1, listener);
    ClockDomains copy = clocks.copy();
    copy.request(0, SLOW);
    copy.advance(1.01, listener);
    assertThat(copy.setting()).isEqualTo(FAST);
    copy.advance(1.06, listener);
    assertThat(copy.setting()).isEqualTo(SLOW);
    assertThat(clocks.setting()).isEqualTo(FAST);
    assertThat(clocks.requested(0)).isEqualTo(FAST);
  }

  @Test
  void theDie_followsItsPowerLikeAFirstOrderSystem() {
    device.kelvinPerWatt = 4;
    ThermalZone zone = new ThermalZone(device.thermal(), new ClockDomains(device));
    assertThat(zone.celsius()).isEqualTo(30);
    assertThat(zone.nextPoll()).isEqualTo(0.1);
    // 3 W lead to 42 degrees; a time constant of 5 s.
    zone.poll(5, 15);
    double first = 42 - 12 * Math.exp(-1);
    assertThat(zone.celsius()).isCloseTo(first, within(1e-9));
    assertThat(zone.nextPoll()).isCloseTo(0.2, within(1e-12));
    // 1 W for 10 s more leads to 34.
    zone.poll(15, 25);
    assertThat(zone.celsius()).isCloseTo(34 + (first - 34) * Math.exp(-2), within(1e-9));
    double before = zone.celsius();
    zone.poll(15, 25);
    assertThat(zone.celsius()).isEqualTo(before);
  }

  @Test
  void whoseHeatIsNotKnown_staysAsWarmAsTheAir() {
    ThermalZone zone = new ThermalZone(device.thermal(), new ClockDomains(device));
    zone.poll(5, 500);
    assertThat(zone.celsius()).isEqualTo(30);
  }

  @Test
  void aboveTheCap_theFastestClockIsTaken_twoKelvinBelowItIsGivenBack() {
    device.kelvinPerWatt = 4;
    device.capCelsius = 40;
    ClockDomains clocks = new ClockDomains(device);
    ThermalZone zone = new ThermalZone(device.thermal(), clocks);
    // After a thousand seconds the die is where its power leads: 30 + 4 K/W.
    zone.poll(1_000, 2.5 * 1_000);
    assertThat(zone.celsius()).isEqualTo(40);
    assertThat(clocks.cap(0)).isEqualTo(FAST);
    zone.poll(2_000, 2_500 + 2.75 * 1_000);
    assertThat(clocks.cap(0)).isEqualTo(SLOW);
    // Never below the slowest.
    zone.poll(3_000, 5_250 + 2.75 * 1_000);
    assertThat(clocks.cap(0)).isEqualTo(SLOW);
    // Two kelvin below is not enough yet.
    zone.poll(4_000, 8_000 + 2 * 1_000);
    assertThat(zone.celsius()).isEqualTo(38);
    assertThat(clocks.cap(0)).isEqualTo(SLOW);
    zone.poll(5_000, 10_000 + 1.75 * 1_000);
    assertThat(clocks.cap(0)).isEqualTo(FAST);
    zone.poll(6_000, 11_750 + 1.75 * 1_000);
    assertThat(clocks.cap(0)).isEqualTo(FAST);
  }
}
