package io.neurobalancer.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Damages a document the way that disks, editors, other programs and ill will do. */
final class Mutations {

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
  private static final Pattern TEXT = Pattern.compile("\"[^\"\\n]*\"");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "1",
          "-0.0",
          "1e308",
          "-1e308",
          "1e-320",
          "1e999",
          "NaN",
          "Infinity",
          "2147483647",
          "2147483648",
          "-2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "9.3e18",
          "0.1",
          "1e-9",
          "null",
          "true",
          "\"\"",
          "\"x\"",
          "[]",
          "{}",
          "[[]]",
          "",
          "1".repeat(1001),
          "0." + "3".repeat(1200));

  private static final List<String> TEXTS =
      List.of(
          "\"\"",
          "\" \"",
          "null",
          "0",
          "[]",
          "{}",
          "\"\\u0000\"",
          "\"\\u001b[31m\"",
          "\"=1+1\"",
          "\"../../x\"",
          "\"a\\nb\"",
          "\"\\ud800\"",
          "\"%s%d%n\"",
          "\"" + "a".repeat(5000) + "\"",
          "\"<script>\"",
          "\"NaN\"");

  private final Random random;

  Mutations(long seed) {
    this.random = new Random(seed);
  }

  /** Returns the document after one to three mutations. */
  byte[] mutate(byte[] document) {
    byte[] mutated = document;
    int times = 1 + random.nextInt(3);
    for (int t = 0; t < times; t++) {
      mutated = once(mutated);
    }
    return mutated;
  }

  private byte[] once(byte[] bytes) {
    return switch (random.nextInt(10)) {
      case 0 -> flipped(bytes);
      case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2 -> cut(bytes);
      case 3 -> twice(bytes);
      case 4 -> inserted(bytes);
      case 5 -> lines(bytes);
      case 6 -> replaced(bytes, TEXT, TEXTS);
      case 7 -> nested(bytes);
      default -> replaced(bytes, NUMBER, NUMBERS);
    };
  }

  private byte[] flipped(byte[] bytes) {
    byte[] copy = bytes.clone();
    if (copy.length > 0) {
      copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return copy;
  }

  private byte[] cut(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(80));
    return joined(bytes, 0, from, new byte[0], to);
  }

  private byte[] twice(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(200));
    return joined(bytes, 0, to, Arrays.copyOfRange(bytes, from, to), to);
  }

  private byte[] inserted(byte[] bytes) {
    byte[][] pieces = {
      {0},
      {(byte) 0xff},
      {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
      {(byte) 0xc3},
      {'"'},
      {'{'},
      {'['},
      {','},
      {'\n'},
      {'\r'},
      {0x1b},
      {'-'},
      {'&', 'a', ' ', '*', 'a'},
      {'!', '!', 'i'}
    };
    int at = random.nextInt(bytes.length + 1);
    return joined(bytes, 0, at, pieces[random.nextInt(pieces.length)], at);
  }

  private byte[] lines(byte[] bytes) {
    List<String> lines = new ArrayList<>(Arrays.asList(text(bytes).split("\n", -1)));
    int line = random.nextInt(lines.size());
    switch (random.nextInt(3)) {
      case 0 -> lines.remove(line);
      case 1 -> lines.add(line, lines.get(random.nextInt(lines.size())));
      default -> lines.set(line, lines.get(random.nextInt(lines.size())));
    }
    return bytes(String.join("\n", lines));
  }

  private byte[] nested(byte[] bytes) {
    int depth = random.nextBoolean() ? 30 : 3000;
    int at = random.nextInt(bytes.length + 1);
    return joined(bytes, 0, at, bytes((random.nextBoolean() ? "[" : "{\"a\":").repeat(depth)), at);
  }

  private byte[] replaced(byte[] bytes, Pattern what, List<String> by) {
    String text = text(bytes);
    Matcher matcher = what.matcher(text);
    int from = random.nextInt(text.length() + 1);
    if (!matcher.find(from) && !matcher.reset().find()) {
      return flipped(bytes);
    }
    return bytes(
        text.substring(0, matcher.start())
            + by.get(random.nextInt(by.size()))
            + text.substring(matcher.end()));
  }

  private static byte[] joined(byte[] bytes, int from, int to, byte[] piece, int rest) {
    byte[] all = new byte[to - from + piece.length + bytes.length - rest];
    System.arraycopy(bytes, from, all, 0, to - from);
    System.arraycopy(piece, 0, all, to - from, piece.length);
    System.arraycopy(bytes, rest, all, to - from + piece.length, bytes.length - rest);
    return all;
  }

  /** Latin-1 keeps every byte as it is. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
