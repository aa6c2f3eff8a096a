package io.neurobalancer.linux;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A double of an adb server on this machine with phones behind it: the server's protocol, and of
 * adbd the services {@code shell,v2} and {@code sync:}. What the phones' shells do is {@link
 * FakePhone}'s.
 */
final class FakeAdb implements AutoCloseable {

  private final ServerSocket socket;
  private final Thread listener;
  private final Map<String, FakePhone> phones = new LinkedHashMap<>();
  private final Map<String, String> states = new LinkedHashMap<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  FakeAdb() {
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    listener = new Thread(this::listen, "fake-adb");
    listener.setDaemon(true);
    listener.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  FakeAdb list(String serial, String state) {
    states.put(serial, state);
    return this;
  }

  FakeAdb plugIn(String serial, FakePhone phone) {
    phones.put(serial, phone);
    return list(serial, "device");
  }

  /** Ends every connection at once, as a server does whose phone is gone. */
  void pullCable() {
    states.clear();
    open.forEach(FakeAdb::end);
  }

  private static void end(Socket connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connection.setTcpNoDelay(true);
        open.add(connection);
        Thread thread = new Thread(() -> serve(connection), "fake-adb-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Wire wire =
          new Wire(
              new DataInputStream(new BufferedInputStream(connection.getInputStream())),
              new BufferedOutputStream(connection.getOutputStream()));
      FakePhone phone = null;
      while (true) {
        String request = wire.string(Integer.parseInt(wire.string(4), 16));
        if (request.equals("host:devices")) {
          StringBuilder text = new StringBuilder();
          states.forEach((s, state) -> text.append(s).append('\t').append(state).append('\n'));
          wire.okay();
          wire.text(text.toString());
          return;
        }
        if (request.startsWith("host-serial:") && request.endsWith(":features")) {
          FakePhone asked = phones.get(request.substring(12, request.length() - 9));
          wire.okay();
          wire.text(asked == null ? "" : asked.features);
          return;
        }
        if (request.startsWith("host:transport:")) {
          phone = phones.get(request.substring(15));
          if (phone == null || !states.containsKey(request.substring(15))) {
            wire.fail("device '" + request.substring(15) + "' not found");
            return;
          }
          wire.okay();
        } else if (phone != null && request.startsWith("shell,v2,raw:")) {
          wire.okay();
          phone.shell(request.substring(13), new Terminal(wire));
          return;
        } else if (phone != null && request.equals("sync:")) {
          wire.okay();
          sync(phone, wire);
          return;
        } else {
          wire.fail("unknown service " + request);
          return;
        }
      }
    } catch (IOException e) {
      // The other side is gone, as tests want it to be.
      return;
    } finally {
      open.remove(connection);
    }
  }

  private static void sync(FakePhone phone, Wire wire) throws IOException {
    String verb = wire.string(4);
    String argument = wire.string(wire.number());
    if (verb.equals("SEND")) {
      int comma = argument.lastIndexOf(',');
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      for (String kind = wire.string(4); kind.equals("DATA"); kind = wire.string(4)) {
        bytes.write(wire.bytes(wire.number()));
      }
      wire.number();
      String refusal = phone.receive(argument.substring(0, comma), bytes.toByteArray());
      wire.sync(refusal.isEmpty() ? "OKAY" : "FAIL", refusal.getBytes(StandardCharsets.UTF_8));
    } else if (verb.equals("RECV")) {
      byte[] content = phone.files.get(argument);
      if (content == null) {
        wire.sync("FAIL", "No such file or directory".getBytes(StandardCharsets.UTF_8));
      } else {
        for (int i = 0; i < content.length; i += 1000) {
          wire.sync("DATA", Arrays.copyOfRange(content, i, Math.min(i + 1000, content.length)));
        }
        wire.sync("DONE", new byte[0]);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      listener.join(5_000); // the port answers until the listener has left it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(FakeAdb::end);
  }

  /** Numbers and texts as adb sends them. */
  record Wire(DataInputStream in, OutputStream out) {

    byte[] bytes(int length) throws IOException {
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      return bytes;
    }

    String string(int length) throws IOException {
      return new String(bytes(length), StandardCharsets.UTF_8);
    }

    int number() throws IOException {
      return Integer.reverseBytes(in.readInt());
    }

    static byte[] number(int value) {
      return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    void okay() throws IOException {
      out.write("OKAY".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }

    void fail(String why) throws IOException {
      out.write("FAIL".getBytes(StandardCharsets.US_ASCII));
      text(why);
    }

    void text(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write(
          String.format(Locale.ROOT, "%04x", bytes.length).getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      out.flush();
    }

    void sync(String kind, byte[] content) throws IOException {
      out.write(kind.getBytes(StandardCharsets.US_ASCII));
      out.write(number(content.length));
      out.write(content);
      out.flush();
    }
  }

  /** A shell's side of shell protocol 2. */
  static final class Terminal {
    private final Wire wire;

    Terminal(Wire wire) {
      this.wire = wire;
    }

    /** Returns the next bytes of the input; empty at its end. */
    byte[] input() throws IOException {
      int kind = wire.in().readUnsignedByte();
      byte[] bytes = wire.bytes(wire.number());
      return kind == 0 ? bytes : new byte[0];
    }

    void out(String text) throws IOException {
      packet(1, text.getBytes(StandardCharsets.UTF_8));
    }

    void err(String text) throws IOException {
      packet(2, text.getBytes(StandardCharsets.UTF_8));
    }

    void exit(int code) throws IOException {
      packet(3, new byte[] {(byte) code});
    }

    synchronized void packet(int kind, byte[] bytes) throws IOException {
      wire.out().write(kind);
      wire.out().write(Wire.number(bytes.length));
      wire.out().write(bytes);
      wire.out().flush();
    }
  }
}
