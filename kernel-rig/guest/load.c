// A load with a seed, for governors to decide over: jobs of random periods and shares of the CPU, whose progress follows the
// clock; every now and then another demand for memory.  load SEED SECONDS CPU; CPU -1: only the
// demand for memory changes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;

static unsigned below(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((state >> 33) % n);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void until(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int open_at(const char *format, int cpu)
{
	char path[128];

	snprintf(path, sizeof path, format, cpu);
	return open(path, O_RDWR) >= 0 ? open(path, O_RDWR) : open(path, O_RDONLY);
}

static double number(int fd)
{
	char text[32] = "";

	return pread(fd, text, sizeof text - 1, 0) > 0 ? atof(text) : 0;
}

static void demand_more(int fd)
{
	char text[16];

	pwrite(fd, text, snprintf(text, sizeof text, "%u\n", 20 + below(2300)), 0);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	state = strtoull(argv[1], NULL, 0);
	int cpu = atoi(argv[3]);
	cpu_set_t set;

	int demand = open("/sys/module/fakesoc/parameters/mem_demand_mhz", O_WRONLY);
	int64_t end = now() + atoll(argv[2]) * 1000000000LL;
	int64_t next_demand = 0;

	while (cpu < 0 && now() < end) {
		demand_more(demand);
		until(now() + (1 + below(60)) * 1000000LL);
	}
	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	sched_setaffinity(0, sizeof set, &set);

	int clock = open_at("/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", cpu);
	double fastest = number(open_at("/sys/devices/system/cpu/cpu%d/cpufreq/cpuinfo_max_freq", cpu));
	// what starting this process cost is forgotten first: the task's estimate by many short jobs, the CPU's load by a pause
	for (int i = 0; i < 40; i++)
		until(now() + 10000000LL);
	until(now() + 1500000000LL);
	while (now() < end) {
		// a phase: some jobs of one period and share
		int many = below(6) > 0;
		int64_t period = many ? 1000000LL + below(9000000) : 10000000LL + below(50000000);
		double share = (3 + below(below(4) ? 60 : 110)) / 100.0;
		int jobs = many ? 10 + below(60) : 3 + below(6);
		int64_t release = now();

		for (int j = 0; j < jobs && now() < end; j++, release += period) {
			if (now() > next_demand && demand >= 0) {
				demand_more(demand);
				next_demand = now() + below(100) * 1000000LL;
			}
			until(release);
			double work = share * period * (0.7 + below(600) / 1000.0);
			double rate = number(clock) / fastest;
			int64_t last = now(), checked = last;

			while (work > 0) {
				for (volatile int i = 0; i < 400; i++)
					;
				int64_t t = now();

				work -= (t - last) * rate;
				last = t;
				if (t - checked > 500000) {
					rate = number(clock) / fastest;
					checked = t;
				}
			}
			if (now() > release + 4 * period)
				release = now();
		}
		if (!below(3))
			until(now() + below(200) * 1000000LL);
	}
	return 0;
}
