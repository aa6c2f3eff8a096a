package io.neurobalancer.linux.adb;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection to an adb server. Requests are a text after its length in four hexadecimal digits;
 * the answer is {@code OKAY}, or {@code FAIL} and a text. Source: Android, {@code
 * packages/modules/adb/OVERVIEW.TXT} and {@code SERVICES.TXT}.
 */
final class AdbStream implements Closeable {

  private static final int CONNECT_MILLIS = 2_000;
  private static final int LONGEST_TEXT = 1 << 20;

  private final Socket socket;
  final DataInputStream in;
  final OutputStream out;

  AdbStream(InetSocketAddress server, int timeoutMillis) throws IOException {
    socket = new Socket();
    try {
      socket.connect(server, CONNECT_MILLIS);
      // A small packet that waits for more costs 40 ms a round trip.
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sets how long a read waits; 0 is for ever. */
  void timeout(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  /**
   * Asks for a service.
   *
   * @throws AdbRefused if the server or the phone says no
   */
  void request(String service) throws IOException {
    byte[] text = service.getBytes(StandardCharsets.UTF_8);
    out.write(String.format(Locale.ROOT, "%04x", text.length).getBytes(StandardCharsets.US_ASCII));
    out.write(text);
    out.flush();
    String answer = ascii(4);
    if (answer.equals("FAIL")) {
      throw new AdbRefused(text());
    }
    if (!answer.equals("OKAY")) {
      throw new IOException("it does not speak adb's protocol ('" + answer + "')");
    }
  }

  /** Reads a text after its length in hexadecimal digits. */
  String text() throws IOException {
    String length = ascii(4);
    try {
      return utf8(Integer.parseInt(length, 16));
    } catch (NumberFormatException e) {
      throw new IOException("it does not speak adb's protocol ('" + length + "')", e);
    }
  }

  String ascii(int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  String utf8(int length) throws IOException {
    if (length < 0 || length > LONGEST_TEXT) {
      throw new IOException("it does not speak adb's protocol (a text of " + length + " bytes)");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection was closed");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  int littleEndian() throws IOException {
    return Integer.reverseBytes(in.readInt());
  }

  static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The server or the phone answered no, and says why. */
  static final class AdbRefused extends IOException {
    private static final long serialVersionUID = 1;

    AdbRefused(String why) {
      super(why);
    }
  }
}
