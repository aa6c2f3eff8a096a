import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A phone whose owner never taps "allow": answers every key of an adb server with a new challenge. {@code java
 * UntrustingPhone.java PORT}, for ci/phone.sh, since Debian's adbd trusts everybody.
 */
final class UntrustingPhone {

  private static final int CNXN = 0x4e584e43, AUTH = 0x48545541, TOKEN = 1, PUBLIC_KEY = 3;

  public static void main(String[] arguments) throws IOException {
    try (ServerSocket port = new ServerSocket(Integer.parseInt(arguments[0]), 5, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (Socket host = port.accept()) {
          talk(new DataInputStream(host.getInputStream()), host.getOutputStream());
        } catch (IOException e) {
          System.err.println("the host left: " + e.getMessage());
        }
      }
    }
  }

  private static void talk(DataInputStream in, OutputStream out) throws IOException {
    byte[] head = new byte[24];
    while (true) {
      in.readFully(head);
      ByteBuffer fields = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      int command = fields.getInt(0), kind = fields.getInt(4);
      in.readFully(new byte[fields.getInt(12)]);
      // A public key is what a phone shows to its owner; this one's is not there.
      if (command == CNXN || command == AUTH && kind != PUBLIC_KEY) {
        ByteBuffer challenge = ByteBuffer.allocate(24 + 20).order(ByteOrder.LITTLE_ENDIAN);
        challenge.putInt(AUTH).putInt(TOKEN).putInt(0).putInt(20).putInt(20 * 7).putInt(~AUTH);
        for (int i = 0; i < 20; i++) {
          challenge.put((byte) 7);
        }
        out.write(challenge.array());
        out.flush();
      }
    }
  }
}
