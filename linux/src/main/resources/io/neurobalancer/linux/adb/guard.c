/*
 * guard: gives clocks back on a device whose writer is gone. It stands alone: static, no library but libc, any Linux.
 *
 *   guard watch   [--root DIR] JOURNAL MILLIS [LOCK PID]   holds the journal for a writer on its standard input
 *   guard lead    [--root DIR] JOURNAL MILLIS -- COMMAND   runs a command for a host on its standard input
 *   guard restore [--root DIR] JOURNAL                     by hand; doing it again does nothing
 *
 * The journal is the text that the Java class Journal writes; a line whose checksum is wrong is not obeyed, and a path or
 * a value that no journal of ours holds is not written. What was changed is given back when the input ends, when no byte
 * came for MILLIS, or when a signal asks this process to end.
 *
 * Input of 'watch': the byte 'b' is a sign of life and 'd' means that nothing is left to give back. A line "w PATH VALUE"
 * writes, and is refused where the journal cannot undo it; a line "i PATH VALUE" adds to the journal that another value
 * is to be given back. Fields are separated by tabs. Each line is answered "ok" or "no ERRNO reason".
 *
 * Exit: 0 nothing is left to do, 1 wrong use, 3 the journal cannot be read, 4 not everything is back; 'lead': that of the
 * command, or 5 if it was ended because the host was gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 512, LONGEST = 1 << 18, LINE = PATH_MAX + 512, READ_BACK_MILLIS = 250, LOCK_MILLIS = 300 };

/* In the order in which restoring goes through them: a governor switch resets tunables and may move the clock. */
enum role { GOVERNOR, MAX, MIN, TUNABLE, EXACT, MODE, ROLES };
static const char *const ROLE_NAMES[ROLES] = {"GOVERNOR", "MAX", "MIN", "TUNABLE", "EXACT", "MODE"};

static const char *const ROLE_FILES[ROLES] = {
    " scaling_governor governor ",
    " scaling_max_freq max_freq user_max_freq max_freq_khz scaling_devfreq_max ",
    " scaling_min_freq min_freq user_min_freq min_freq_khz scaling_devfreq_min ",
    NULL,
    " scaling_setspeed set_freq rate pp_dpm_sclk pp_dpm_mclk dvfsrc_force_vcore_dvfs_opp ",
    " mrq_rate_locked power_dpm_force_performance_level "};

static const char *const ROOTS[] = {"/sys/devices/", "/sys/kernel/debug/bpmp/debug/clk/", "/sys/kernel/helio-dvfsrc/"};

struct keep {
  enum role role;
  char *path, *value;
  char why[160];
  int refused, failed, written;
};

static struct keep kept[MOST];
static int count, problems;
static char boot[64];
static const char *root = "";
static volatile sig_atomic_t asked;

static void on_signal(int number) { asked = number; }

static long long now_millis(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void pause_millis(int millis) {
  struct timespec t = {millis / 1000, millis % 1000 * 1000000L};
  nanosleep(&t, NULL);
}

static uint32_t crc32(const char *text, size_t length) {
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < length; i++) {
    crc ^= (unsigned char) text[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

static void rooted(char *out, const char *path) { snprintf(out, PATH_MAX, "%s%s", root, path); }

/* Reads the first line of a file; returns its length, -1 with errno if it cannot be read. */
static int first_line(const char *path, char *out, size_t size) {
  char full[PATH_MAX];
  rooted(full, path);
  int fd = open(full, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t n = read(fd, out, size - 1);
  int error = errno;
  close(fd);
  if (n < 0) {
    errno = error;
    return -1;
  }
  out[n] = 0;
  out[strcspn(out, "\n")] = 0;
  n = (ssize_t) strlen(out);
  while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\r')) out[--n] = 0;
  return (int) n;
}

/* One value is one store; no file is ever made. Returns 0 or an errno. */
static int store(const char *path, const char *value) {
  char full[PATH_MAX], text[512];
  rooted(full, path);
  int length = snprintf(text, sizeof text, "%s\n", value);
  if (length < 0 || length >= (int) sizeof text) return EINVAL;
  int fd = open(full, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  ssize_t n = write(fd, text, (size_t) length);
  int error = n < 0 ? errno : n == length ? 0 : ENOSPC;
  close(fd);
  return error;
}

static const char *base(const char *path) { return strrchr(path, '/') + 1; }

static int same_directory(const char *a, const char *b) {
  size_t n = (size_t) (base(a) - a);
  return n == (size_t) (base(b) - b) && !strncmp(a, b, n);
}

static int is_number(const char *text) {
  size_t n = strlen(text);
  return n > 0 && n <= 19 && strspn(text, "0123456789") == n;
}

static int is_one_of(const char *list, const char *word) {
  char padded[PATH_MAX + 2];
  snprintf(padded, sizeof padded, " %s ", word);
  return strstr(list, padded) != NULL;
}

static int only(const char *text, const char *extra, size_t most) {
  size_t n = strlen(text);
  if (n > most) return 0;
  for (size_t i = 0; i < n; i++) {
    char c = text[i];
    int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain && !strchr(extra, c)) return 0;
  }
  return 1;
}

/* Returns why this must not be written, NULL if it may. */
static const char *refusal(enum role role, const char *path, const char *value) {
  char full[PATH_MAX], real[PATH_MAX];
  int known = 0;
  for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++) known |= !strncmp(path, ROOTS[i], strlen(ROOTS[i]));
  if (!known || strstr(path, "/../") || strlen(path) + strlen(root) >= PATH_MAX) return "it is no file of a device";
  if (role == TUNABLE) {
    known = !strncmp(path, "/sys/devices/system/cpu/cpufreq/", 32) || strstr(path, "/devfreq/") != NULL;
  } else {
    known = is_one_of(ROLE_FILES[role], base(path));
  }
  if (!known) return "it is no file that this tool writes";
  rooted(full, path);
  if (!realpath(full, real)) return "it is not there";
  if (strcmp(full, real)) return "it leads elsewhere";
  switch (role) {
    case GOVERNOR: return *value && only(value, "-", 31) ? NULL : "it is no name of a governor";
    case MODE: return *value && only(value, "", 30) ? NULL : "it is no mode";
    case TUNABLE: return only(value, "-:,. ", 256) ? NULL : "it is no value of a tunable";
    default:
      if (is_number(value) || (role == EXACT && !strcmp(value, "-1") && strstr(path, "dvfsrc"))) return NULL;
      return "it is not a number";
  }
}

static void problem(const char *format, int line) {
  fprintf(stderr, format, line);
  problems++;
}

static void parse(char *text) {
  int head = 0, line = 0;
  long promised = -1;
  for (char *at = text, *next; *at; at = next) {
    char *end = strchr(at, '\n');
    next = end ? end + 1 : at + strlen(at);
    if (end) *end = 0;
    line++;
    size_t n = strlen(at);
    char sum[16];
    if (n >= 10) snprintf(sum, sizeof sum, "%08x ", crc32(at + 9, n - 9));
    if (n < 10 || strncmp(at, sum, 9)) {
      problem("  line %d of the journal is cut off or damaged\n", line);
      continue;
    }
    char *field[5] = {0};
    int fields = 0;
    for (char *rest = at + 9; rest && fields < 5; fields++) field[fields] = strsep(&rest, "\t");
    if (fields == 2 && !strcmp(field[0], "neurobalancer-journal") && !strcmp(field[1], "1")) {
      head = 1;
    } else if (fields == 2 && !strcmp(field[0], "boot")) {
      snprintf(boot, sizeof boot, "%s", field[1]);
    } else if (fields == 2 && !strcmp(field[0], "pid")) {
      /* Nobody here needs it. */
    } else if (fields == 4 && !strcmp(field[0], "keep") && count < MOST) {
      int role = 0;
      while (role < ROLES && strcmp(ROLE_NAMES[role], field[1])) role++;
      if (role == ROLES || field[2][0] != '/') {
        problem("  line %d of the journal says nothing that is known\n", line);
      } else {
        kept[count++] = (struct keep){.role = (enum role) role, .path = field[2], .value = field[3]};
      }
    } else if (fields == 2 && !strcmp(field[0], "end")) {
      promised = atol(field[1]);
    } else if (fields == 3 && !strcmp(field[0], "instead")) {
      for (int i = 0; i < count; i++)
        if (!strcmp(kept[i].path, field[1])) kept[i].value = field[2];
    } else {
      problem("  line %d of the journal says nothing that is known\n", line);
    }
  }
  if (!head || promised != count) problem("  the journal is not whole: %d values were read\n", count);
}

/* Returns 0, or an errno where there is no journal to read. */
static int load(const char *path) {
  static char text[LONGEST];
  struct stat about;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return errno;
  if (fstat(fd, &about) || !S_ISREG(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 022)) {
    close(fd);
    return EPERM;
  }
  count = problems = 0;
  boot[0] = 0;
  size_t length = 0;
  for (ssize_t n; length < sizeof text - 1 && (n = read(fd, text + length, sizeof text - 1 - length)) > 0;)
    length += (size_t) n;
  close(fd);
  text[length] = 0;
  parse(text);
  return 0;
}

static int is_back(const struct keep *k) {
  char text[512];
  if (first_line(k->path, text, sizeof text) < 0) return k->written && !k->failed && errno == EACCES;
  if (!strcmp(text, k->value)) return 1;
  /* The kernel keeps a limit that it was given and shows the lower one of a cap while that lasts. */
  return k->written && !k->failed && (k->role == MAX || k->role == MIN) && is_number(text) && is_number(k->value)
      && atoll(text) < atoll(k->value);
}

static void give(struct keep *k) {
  char text[512];
  int late = k->role == MAX || k->role == MIN; /* one that reads as wanted may still be about to change */
  if (!late && first_line(k->path, text, sizeof text) >= 0 && !strcmp(text, k->value)) return;
  const char *why = refusal(k->role, k->path, k->value);
  k->refused = why != NULL;
  int error = why ? 0 : store(k->path, k->value);
  k->written |= !why && !error;
  k->failed = error != 0;
  snprintf(k->why, sizeof k->why, "%s", why ? why : error ? strerror(error) : "the kernel took the write and did not follow");
}

static struct keep *minimum_beside(const struct keep *max) {
  for (int i = count; i-- > 0;)
    if (kept[i].role == MIN && same_directory(kept[i].path, max->path)) return &kept[i];
  return NULL;
}

static int has_maximum(const struct keep *min) {
  for (int i = 0; i < count; i++)
    if (kept[i].role == MAX && same_directory(kept[i].path, min->path)) return 1;
  return 0;
}

/* By role, and within a role the newest first; of a pair of limits the one that makes room goes first. */
static void pass(void) {
  for (int role = 0; role < ROLES; role++)
    for (int i = count; i-- > 0;) {
      struct keep *k = &kept[i], *min = role == MAX ? minimum_beside(k) : NULL;
      char text[512];
      if ((int) k->role != role || (role == MIN && has_maximum(k))) continue;
      int minimum_first = min && first_line(min->path, text, sizeof text) > 0 && is_number(text) && is_number(k->value)
          && atoll(k->value) < atoll(text);
      if (minimum_first) give(min);
      give(k);
      if (min && !minimum_first) give(min);
    }
}

static int settled(void) {
  long long deadline = now_millis() + READ_BACK_MILLIS;
  for (;;) {
    int all = 1;
    for (int i = 0; i < count; i++) all &= kept[i].refused || is_back(&kept[i]);
    if (all || now_millis() >= deadline) return all;
    pause_millis(1);
  }
}

/* Gives everything back and says so. Returns the exit code. */
static int restore(const char *path, const char *reason) {
  char booted[64];
  long long start = now_millis();
  int error = load(path);
  if (error == ENOENT) return 0;
  if (error) {
    fprintf(stderr, "guard: the journal %s is not obeyed: %s\n", path, strerror(error));
    return 3;
  }
  if (first_line("/proc/sys/kernel/random/boot_id", booted, sizeof booted) > 0 && *boot && strcmp(boot, booted)) {
    unlink(path);
    fprintf(stderr, "guard: the journal is of another boot and was removed; the reboot undid what it describes\n");
    return 0;
  }
  pass();
  if (!settled()) {
    pass();
    settled();
  }
  int missing = 0;
  for (int i = 0; i < count; i++) missing += !is_back(&kept[i]);
  if (!missing && !problems) {
    unlink(path);
    fprintf(stderr, "guard: %s; all %d values are back, %lld ms after that was noticed\n", reason, count,
        now_millis() - start);
    return 0;
  }
  fprintf(stderr, "guard: %s; %d of %d values are not back\n", reason, missing, count);
  for (int i = 0; i < count; i++)
    if (!is_back(&kept[i])) fprintf(stderr, "  %s is not back at %s: %s\n", kept[i].path, kept[i].value, kept[i].why);
  return 4;
}

static void answer(const char *format, ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (n > 0 && write(1, text, (size_t) n) < 0) asked = SIGPIPE;
}

/* Whether the journal can undo a write: it holds the file, or the governor under which alone the file means something. */
static const struct keep *undoable(const char *path, enum role *role) {
  for (int i = 0; i < count; i++)
    if (!strcmp(kept[i].path, path)) {
      *role = kept[i].role;
      return &kept[i];
    }
  *role = EXACT;
  for (int i = 0; i < count; i++) {
    if (kept[i].role != GOVERNOR) continue;
    size_t n = (size_t) (base(kept[i].path) - kept[i].path);
    if (!strncmp(kept[i].path, path, n)
        && (!strcmp(path + n, "scaling_setspeed") || !strcmp(path + n, "userspace/set_freq")))
      return &kept[i];
  }
  return NULL;
}

static void amend(const char *journal, const char *path, const char *value) {
  char payload[LINE], line[LINE + 16];
  int n = snprintf(payload, sizeof payload, "instead\t%s\t%s", path, value);
  int length = snprintf(line, sizeof line, "%08x %s\n", crc32(payload, (size_t) n), payload);
  int fd = open(journal, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  int good = fd >= 0 && write(fd, line, (size_t) length) == length && !fsync(fd);
  int error = errno;
  if (fd >= 0) close(fd);
  if (good) answer("ok\n");
  else answer("no %d %s\n", error, strerror(error));
}

static void obey(const char *journal, char *line) {
  char *verb = strsep(&line, "\t"), *path = strsep(&line, "\t"), *value = line;
  enum role role;
  if (!path || !value || path[0] != '/' || strchr(value, '\t')) {
    answer("no %d the line is not understood\n", EINVAL);
  } else if (!undoable(path, &role)) {
    answer("no %d the journal cannot undo it\n", EPERM);
  } else if (!strcmp(verb, "w")) {
    const char *why = refusal(role, path, value);
    int error = why ? EPERM : store(path, value);
    if (error) answer("no %d %s\n", error, why ? why : strerror(error));
    else answer("ok\n");
  } else if (!strcmp(verb, "i")) {
    amend(journal, path, value);
  } else {
    answer("no %d the line is not understood\n", EINVAL);
  }
}

/*
 * Leaves what ends with adbd: its session, and the control groups that Android's init kills when a service is restarted;
 * asks the low-memory killer to look elsewhere. Each may fail, and the guard is as good as it was then.
 */
static void stand_apart(void) {
  static const char *const FILES[] = {"/proc/self/oom_score_adj", "/sys/fs/cgroup/cgroup.procs", "/acct/cgroup.procs"};
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  setsid();
  if (*root) return;
  for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
    int fd = open(FILES[i], O_WRONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t ignored = i == 0 ? write(fd, "-1000\n", 6) : write(fd, "0\n", 2);
    (void) ignored;
    close(fd);
  }
}

/* Returns whether the lock is ours, or stays with a writer that is dead or hangs; 0 where a new run took over. */
static int take_over(const char *file, const char *writer) {
  long long deadline = now_millis() + LOCK_MILLIS;
  int fd = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return 1;
  for (;;) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char holder[32] = "";
    if (!fcntl(fd, F_SETLK, &whole)) return 1; /* the kernel lets go of it when this process ends */
    ssize_t n = pread(fd, holder, sizeof holder - 1, 0);
    if (n > 0) holder[strcspn(holder, "\n")] = 0;
    if (n > 0 && strcmp(holder, writer)) return 0;
    if (now_millis() >= deadline) return 1;
    pause_millis(5);
  }
}

static int watch(const char *journal, long millis, const char *lock, const char *writer) {
  static char line[LINE];
  size_t length = 0;
  char reason[96] = "";
  stand_apart();
  int error = load(journal);
  if (error) {
    fprintf(stderr, "guard: the journal %s cannot be read: %s\n", journal, strerror(error));
    return 3;
  }
  answer("ready\n");
  while (!*reason) {
    struct pollfd in = {.fd = 0, .events = POLLIN};
    int n = poll(&in, 1, (int) millis);
    char bytes[4096];
    ssize_t got = 0;
    if (asked) {
      snprintf(reason, sizeof reason, "signal %d came", (int) asked);
    } else if (n == 0) {
      snprintf(reason, sizeof reason, "the writer sent no sign of life for %ld ms", millis);
    } else if (n < 0 ? errno != EINTR : (got = read(0, bytes, sizeof bytes)) <= 0) {
      snprintf(reason, sizeof reason, "the writer is gone");
    }
    for (ssize_t i = 0; !*reason && i < got; i++) {
      if (length == 0 && bytes[i] == 'd') {
        unlink(journal);
        return 0;
      }
      if (length == 0 && (bytes[i] == 'b' || bytes[i] == '\n')) continue;
      if (bytes[i] == '\n') {
        line[length] = 0;
        length = 0;
        obey(journal, line);
      } else if (length < sizeof line - 1) {
        line[length++] = bytes[i];
      }
    }
  }
  return lock && !take_over(lock, writer) ? 0 : restore(journal, reason);
}

/* Runs a command while a host sends signs of life; ends it and gives back what it left when they stop. */
static int lead(const char *journal, long millis, char **command) {
  pid_t parent = getpid(), child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0) dup2(null, 0);
    execvp(command[0], command);
    fprintf(stderr, "guard: %s cannot be started: %s\n", command[0], strerror(errno));
    _exit(127);
  }
  stand_apart();
  long long last = now_millis();
  int status = 0;
  const char *reason = NULL;
  while (!reason) {
    struct pollfd in = {.fd = 0, .events = POLLIN};
    char bytes[256];
    ssize_t got = 1;
    int n = poll(&in, 1, 20);
    if (n > 0) {
      got = read(0, bytes, sizeof bytes);
      last = now_millis();
    }
    if (waitpid(child, &status, WNOHANG) == child) {
      int killed = WIFSIGNALED(status);
      if (restore(journal, killed ? "the command was killed" : "the command ended and left its journal") != 0) return 4;
      return killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    if (asked) reason = "a signal came";
    else if (got <= 0) reason = "the host is gone";
    else if (now_millis() - last > millis) reason = "the host sent no sign of life";
  }
  fprintf(stderr, "guard: %s, so the command was ended\n", reason);
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return restore(journal, reason) ? 4 : 5;
}

int main(int argc, char **argv) {
  char **a = argv + 1;
  const char *verb = argc > 1 ? *a++ : "";
  if (*a && !strcmp(*a, "--root") && a[1]) {
    root = strcmp(a[1], "/") ? a[1] : "";
    a += 2;
  }
  int left = (int) (argv + argc - a);
  if (!strcmp(verb, "restore") && left == 1) return restore(a[0], "asked by hand");
  long millis = left > 1 ? atol(a[1]) : 0;
  if (!strcmp(verb, "watch") && (left == 2 || left == 4) && millis > 0)
    return watch(a[0], millis, left == 4 ? a[2] : NULL, left == 4 ? a[3] : "");
  if (!strcmp(verb, "lead") && left > 3 && millis > 0 && !strcmp(a[2], "--")) return lead(a[0], millis, a + 3);
  fprintf(stderr, "guard: use watch JOURNAL MILLIS, lead JOURNAL MILLIS -- COMMAND, or restore JOURNAL\n");
  return 1;
}
