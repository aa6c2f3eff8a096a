package io.neurobalancer.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Loads device profiles: those bundled with NeuroBalancer and those that users write. */
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
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private DeviceDescriptions() {}

  /** Returns the names of the bundled profiles. */
  public static List<String> names() {
    return NAMES;
  }

  /** Returns a bundled profile, or empty if none has this name. */
  public static Optional<DeviceDescription> bundled(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    String file = name + ".json";
    try (@Nullable InputStream in = DeviceDescriptions.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("The bundled profile %s is missing.".formatted(file));
      }
      return Optional.of(parse(file, in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Loads a profile from a file.
   *
   * @throws ProfileException if the file cannot be read or is no valid profile
   */
  public static DeviceDescription load(Path file) {
    try {
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ProfileException(
          "The device profile '%s' cannot be read.%nMaybe check the path and its permissions."
              .formatted(file),
          e);
    }
  }

  static DeviceDescription parse(String file, byte[] json) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new ProfileException(
          "%s: this is no valid JSON (line %d, column %d).%nMaybe the file is cut off there."
              .formatted(file, e.getLocation().getLineNr(), e.getLocation().getColumnNr()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    FieldReader top = new FieldReader(file, "", tree);
    String schema = top.text("schema");
    if (!schema.equals(SCHEMA)) {
      throw top.error("schema", "('%s') must be '%s'".formatted(schema, SCHEMA));
    }
    return new DeviceParser(top).read(sha256(json));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
