package io.neurobalancer.files;

import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Loads device descriptions: those bundled with NeuroBalancer and those that users write. */
public final class DeviceDescriptions {

  /** The schema that this version reads. */
  public static final String SCHEMA = "neurobalancer/device/1";

  private static final List<String> NAMES =
      List.of(
          "pixel-3-cpu-big",
          "pixel-3-cpu-little",
          "pixel-3-gpu",
          "pixel-4-cpu",
          "pixel-4-cpu-prime",
          "pixel-4-cpu-silver",
          "pixel-4-gpu",
          "pixel-5-cpu-gold",
          "pixel-5-cpu-prime",
          "pixel-5-cpu-silver",
          "pixel-5-gpu",
          "pixel-6-cpu-big",
          "pixel-6-cpu-mid",
          "pixel-6-cpu-little",
          "pixel-6-gpu",
          "pixel-7-cpu-big",
          "pixel-7-cpu-mid",
          "pixel-7-cpu-little",
          "pixel-7-gpu",
          "galaxy-s9-cpu-big",
          "galaxy-s9-gpu",
          "galaxy-s10-gpu",
          "galaxy-s20-gpu",
          "odroid-xu3-cpu-big",
          "odroid-xu3-gpu",
          "hikey960-cpu-big",
          "rk3399-cpu-big",
          "rk3399-cpu-little",
          "rk3399-gpu",
          "rk3588-cpu-big",
          "rk3588-gpu",
          "jetson-tx2-gpu");
  private static final JsonFormat<DeviceFile> FORMAT =
      new JsonFormat<>(
          DeviceFile.class,
          SCHEMA,
          "device description",
          "compare it with a bundled description ('neurobalancer devices')",
          1 << 20);

  private DeviceDescriptions() {}

  /** Returns the names of the bundled descriptions. */
  public static List<String> names() {
    return NAMES;
  }

  /** Returns a bundled description, or empty if none has this name. */
  public static Optional<DeviceDescription> bundled(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    String file = name + ".json";
    try (@Nullable InputStream in = DeviceDescriptions.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("The bundled description %s is missing.".formatted(file));
      }
      return Optional.of(parse(file, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Loads a description from a file.
   *
   * @throws NeuroBalancerException if the file cannot be read or is no valid description; the
   *     message names the field
   */
  public static DeviceDescription load(Path file) {
    return parse(file.toString(), FORMAT.bytes(file));
  }

  static DeviceDescription parse(String file, byte[] json) {
    DeviceFile document = FORMAT.parse(file, json);
    try {
      return new DeviceReader(document).describe(BoundedFiles.sha256(json));
    } catch (FieldException e) {
      throw FORMAT.wrong(file, e);
    }
  }
}
