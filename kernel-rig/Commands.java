import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * In the guest: carries out commands of the program one after the other in one Java process, because starting one costs a guest
 * of 62 million instructions a second seventeen seconds.
 *
 * <p>Reads lines {@code FILE ARGUMENT...} from its first argument, a pipe, writes what the command prints to FILE, and its exit
 * code to its second argument.
 */
public final class Commands {

  public static void main(String[] arguments)
      throws IOException, ClassNotFoundException, NoSuchMethodException, IllegalAccessException, InvocationTargetException {
    // The class is not public: the program is meant to be a process of its own.
    Method run =
        Class.forName("io.neurobalancer.cli.Main")
            .getDeclaredMethod("run", PrintWriter.class, PrintWriter.class, String[].class);
    run.setAccessible(true);
    try (BufferedReader in = Files.newBufferedReader(Path.of(arguments[0]));
        BufferedWriter codes = Files.newBufferedWriter(Path.of(arguments[1]))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.strip().split(" +");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(words[0])))) {
          PrintWriter errors = new PrintWriter(System.err, true);
          // Between commands, so that none falls into a job: at a slow clock a collection takes seconds of the guest.
          System.gc();
          Object code = run.invoke(null, out, errors, Arrays.copyOfRange(words, 1, words.length));
          out.flush();
          codes.write(code + "\n");
        }
        codes.flush();
      }
    }
  }
}
