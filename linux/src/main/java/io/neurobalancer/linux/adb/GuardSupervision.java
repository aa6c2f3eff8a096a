package io.neurobalancer.linux.adb;

import io.neurobalancer.linux.Errno;
import io.neurobalancer.linux.Supervision;
import io.neurobalancer.linux.SysfsException;
import io.neurobalancer.unit.NeuroBalancerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Starts a guard on a phone, sends it signs of life, and writes through it. */
final class GuardSupervision implements Supervision {

  private static final int START_MILLIS = 10_000;
  private static final int ANSWER_MILLIS = 2_000;
  private static final int BEAT_MILLIS = 100;

  private final Phone phone;
  private final Guard guard;

  GuardSupervision(Phone phone, Guard guard) {
    this.phone = phone;
    this.guard = guard;
  }

  @Override
  public Watch start(Path journal, Path lock, Runnable onDeath) throws IOException {
    String arriving = Phone.ROOM + "/journal.new";
    try {
      phone.push(journal, arriving, 0600, sent -> {});
      String copied =
          String.join(
              " ",
              phone.run(
                  "cp %s %s.new && chown 0:0 %s.new && chmod 600 %s.new && mv %s.new %s && rm -f %s && sync && echo stored"
                      .formatted(
                          arriving,
                          Guard.JOURNAL,
                          Guard.JOURNAL,
                          Guard.JOURNAL,
                          Guard.JOURNAL,
                          Guard.JOURNAL,
                          arriving)));
      if (!copied.contains("stored")) {
        throw new IOException("the phone does not keep the journal (" + copied + ")");
      }
    } catch (NeuroBalancerException e) {
      throw new IOException(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
    AdbShell shell =
        phone.startAsRoot(
            "%s watch %s %d".formatted(guard.place(), Guard.JOURNAL, Guard.silenceMillis()));
    try {
      shell.timeout(START_MILLIS);
      GuardWatch watch = new GuardWatch(shell);
      watch.awaitReady();
      shell.timeout(0);
      watch.begin(onDeath);
      return watch;
    } catch (IOException e) {
      shell.close();
      throw e;
    }
  }

  private final class GuardWatch implements Watch, AdbSysfs.Writer {

    private final AdbShell shell;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final StringBuilder pending = new StringBuilder();
    private final StringBuilder said = new StringBuilder();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean dead;
    private volatile boolean closing;

    GuardWatch(AdbShell shell) {
      this.shell = shell;
    }

    void awaitReady() throws IOException {
      while (!"ready".equals(answers.peek())) {
        if (!take(shell.read())) {
          throw new IOException("the guard did not start on the phone (" + said() + ")");
        }
      }
      answers.clear();
    }

    /** Returns whether the guard goes on. */
    private boolean take(AdbShell.Packet packet) {
      switch (packet.part()) {
        case STDOUT -> {
          pending.append(packet.text());
          for (int end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
            answers.add(pending.substring(0, end));
            pending.delete(0, end + 1);
          }
        }
        case STDERR -> {
          synchronized (said) {
            said.append(packet.text());
          }
        }
        case EXIT -> {
          return false;
        }
        default -> {}
      }
      return true;
    }

    private String said() {
      synchronized (said) {
        return said.toString().strip().replace('\n', ' ');
      }
    }

    void begin(Runnable onDeath) {
      phone.sysfs().writeThrough(this);
      daemon("guard-answers", () -> listen(onDeath));
      daemon("guard-heartbeats", this::beatUntilClosed);
    }

    private void daemon(String name, Runnable what) {
      Thread thread = new Thread(what, name);
      thread.setDaemon(true);
      thread.start();
    }

    private void listen(Runnable onDeath) {
      try {
        boolean goesOn = true;
        while (goesOn) {
          goesOn = take(shell.read());
        }
      } catch (IOException e) {
        synchronized (said) {
          said.append(e.getMessage());
        }
      }
      dead = true;
      ended.countDown();
      answers.add(
          "no 5 the guard is out of reach (" + said() + "); it gives the clocks back alone");
      if (!closing) {
        onDeath.run();
      }
    }

    private void beatUntilClosed() {
      try {
        while (!ended.await(BEAT_MILLIS, TimeUnit.MILLISECONDS) && !closing) {
          shell.send(new byte[] {'b'});
        }
      } catch (IOException e) {
        // The listener learns it as well, and tells.
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean alive(long nowNanos) {
      return !dead;
    }

    @Override
    public void write(String path, String value) throws SysfsException {
      obey("w", path, value);
    }

    @Override
    public void amended(String path, String value) throws IOException {
      obey("i", path, value);
    }

    private synchronized void obey(String verb, String path, String value) throws SysfsException {
      String what = "write " + value;
      String answer;
      try {
        if (dead) {
          throw new IOException("the guard is out of reach; it gives the clocks back alone");
        }
        answers.clear();
        shell.send((verb + "\t" + path + "\t" + value + "\n").getBytes(StandardCharsets.UTF_8));
        answer = answers.poll(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
      } catch (IOException e) {
        throw AdbSysfs.gone(path, what, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SysfsException(Errno.OTHER, path, what, "interrupted");
      }
      if (answer == null) {
        throw new SysfsException(Errno.EIO, path, what, "the guard does not answer");
      }
      if (!answer.equals("ok")) {
        throw refused(path, what, answer);
      }
    }

    private SysfsException refused(String path, String what, String answer) {
      String[] parts = answer.split(" ", 3);
      String why = parts.length == 3 ? parts[2] : answer;
      Errno errno = DeviceTree.errno(why);
      return errno == Errno.EACCES
          ? AdbSysfs.selinux(path, what)
          : new SysfsException(errno, path, what, why);
    }

    @Override
    public void close() {
      closing = true;
      phone.sysfs().writeThrough(null);
      try {
        if (!dead) {
          shell.send(new byte[] {'d'});
          ended.await(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        }
        shell.close();
      } catch (IOException e) {
        // The connection is gone: the guard noticed it too.
        dead = true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
