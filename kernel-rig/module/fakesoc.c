// SPDX-License-Identifier: GPL-2.0
/*
 * fakesoc - an imaginary system-on-chip for tests, driven by the genuine
 * kernel frameworks: cpufreq, devfreq, powercap, hwmon and power_supply.
 *
 * Only the "hardware" is invented: two CPU clusters with OPP tables, two
 * devfreq devices (memory controller and GPU), and an energy meter that
 * integrates P(f_cpu, f_mem, f_gpu, load) over time.  Every sysfs file a
 * program sees is made by the kernel's own framework code, so the file
 * names, modes, errno values, clamping, rounding and ordering rules are the
 * real ones.
 *
 * Meant for a throw-away virtual machine.  Never load it on a real machine.
 */
#define pr_fmt(fmt) "fakesoc: " fmt

#include <linux/cpu.h>
#include <linux/cpufreq.h>
#include <linux/delay.h>
#include <linux/devfreq.h>
#include <linux/hrtimer.h>
#include <linux/hwmon.h>
#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_opp.h>
#include <linux/pm_qos.h>
#include <linux/percpu.h>
#include <linux/power_supply.h>
#include <linux/powercap.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/tick.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "governor.h"	/* of devfreq, private to the kernel; boot.sh puts it here */

/* ---- parameters: the hardware's shape (fixed at load) ------------------ */

static int little_cpus;		/* 0: half of them */
module_param(little_cpus, int, 0444);
MODULE_PARM_DESC(little_cpus, "CPUs in the first cluster (default: half)");

static bool throttle;
module_param(throttle, bool, 0444);
MODULE_PARM_DESC(throttle, "make CPUs really slower at lower frequency");

static bool fast;
module_param(fast, bool, 0444);
MODULE_PARM_DESC(fast, "the scheduler may switch the clock itself, without a kernel thread");

static bool invariant;
module_param(invariant, bool, 0444);
MODULE_PARM_DESC(invariant, "tell the scheduler the clock's share of the fastest one, as ARM does");

static unsigned int log_entries;
module_param(log_entries, uint, 0444);
MODULE_PARM_DESC(log_entries, "size of the log of what governors are told and decide, 0: none");

static char *battery = "battery";
module_param(battery, charp, 0444);
MODULE_PARM_DESC(battery, "name of the power supply; empty for none");

static char *rapl_type = "intel-rapl";
module_param(rapl_type, charp, 0444);
MODULE_PARM_DESC(rapl_type, "powercap control type; empty for none");

static unsigned long long rapl_max_uj = 262143328850ULL;
module_param(rapl_max_uj, ullong, 0444);
MODULE_PARM_DESC(rapl_max_uj, "energy_uj wraps to 0 above this value");

static bool gpu = true;
module_param(gpu, bool, 0444);
static char *devfreq_gov = "simple_ondemand";
module_param(devfreq_gov, charp, 0444);
MODULE_PARM_DESC(devfreq_gov, "governor the devfreq devices start with");

/* ---- parameters: knobs a test may turn at run time ---------------------- */

static int load_percent = -1;
module_param(load_percent, int, 0644);
MODULE_PARM_DESC(load_percent, "CPU load used by the energy model, -1: the real one");

static unsigned int mem_demand_mhz = 300;
module_param(mem_demand_mhz, uint, 0644);
static unsigned int gpu_demand_mhz = 50;
module_param(gpu_demand_mhz, uint, 0644);

static unsigned int cpu_latency_us, mem_latency_us;
module_param(cpu_latency_us, uint, 0644);
module_param(mem_latency_us, uint, 0644);
MODULE_PARM_DESC(cpu_latency_us, "time one CPU frequency switch takes");

static int cpu_fail, mem_fail;	/* errno (positive) the driver answers with */
module_param(cpu_fail, int, 0644);
module_param(mem_fail, int, 0644);

static unsigned int hw_cap_khz;
module_param(hw_cap_khz, uint, 0644);
MODULE_PARM_DESC(hw_cap_khz, "CPU hardware silently runs no faster than this (0: off)");

static unsigned int base_uw = 500000;
module_param(base_uw, uint, 0644);
MODULE_PARM_DESC(base_uw, "power of the rest of the board, microwatts");

static unsigned int cpu_pf;
module_param(cpu_pf, uint, 0444);
MODULE_PARM_DESC(cpu_pf, "switched capacitance of a CPU of the first cluster, picofarad (0: a small core's)");

/* ---- OPP tables --------------------------------------------------------- */

struct opp { unsigned int khz, mv; };

static const struct opp little_opps[] = {
	{  300000,  600 }, {  576000,  630 }, {  768000,  670 },
	{ 1017600,  720 }, { 1248000,  780 }, { 1497600,  850 },
	{ 1708800,  920 }, { 1900800, 1000 },
};
static const struct opp big_opps[] = {
	{  500000,  620 }, {  700000,  650 }, {  900000,  680 },
	{ 1100000,  720 }, { 1300000,  760 }, { 1600000,  820 },
	{ 1900000,  890 }, { 2200000,  970 }, { 2500000, 1060 },
	{ 2800000, 1160 },
};
static const struct opp mem_opps[] = {
	{  400000,  650 }, {  800000,  700 }, { 1066000,  750 },
	{ 1600000,  850 }, { 2133000,  950 },
};
static const struct opp gpu_opps[] = {
	{  160000,  600 }, {  320000,  680 }, {  480000,  760 }, {  640000,  860 },
};

/* ---- state -------------------------------------------------------------- */

#define MAX_CPUS 64

struct cluster {
	const char *name;
	const struct opp *opps;
	int n;
	u32 pf;			/* switched capacitance per CPU, pF */
	u32 leak_uw;		/* static power per CPU at 1 V */
	int first, count;	/* CPUs */
	struct cpufreq_frequency_table table[16];
	unsigned int khz;	/* what the "hardware" runs at */
	u64 uj_frac;		/* 1e-9 uJ not yet in uj */
	u64 uj;
	u64 uw;			/* power over the last step */
	struct freq_qos_request qos;
	bool have_qos;
};

struct memdev {
	const char *name;
	const struct opp *opps;
	int n;
	u32 pf;
	u32 leak_uw;
	unsigned int *demand_mhz;
	unsigned long hz;
	u64 uj_frac, uj, uw;
	struct platform_device *pdev;
	struct devfreq *df;
	struct devfreq_dev_profile profile;
	struct dev_pm_qos_request qos;
	bool have_qos;
	ktime_t last;
};

static struct cluster clusters[2] = {
	{ .name = "little", .opps = little_opps, .n = ARRAY_SIZE(little_opps),
	  .pf = 130, .leak_uw = 15000 },
	{ .name = "big", .opps = big_opps, .n = ARRAY_SIZE(big_opps),
	  .pf = 420, .leak_uw = 60000 },
};
static struct memdev mems[2] = {
	{ .name = "fakesoc-dmc", .opps = mem_opps, .n = ARRAY_SIZE(mem_opps),
	  .pf = 300, .leak_uw = 40000, .demand_mhz = &mem_demand_mhz },
	{ .name = "fakesoc-gpu", .opps = gpu_opps, .n = ARRAY_SIZE(gpu_opps),
	  .pf = 900, .leak_uw = 30000, .demand_mhz = &gpu_demand_mhz },
};

static DEFINE_SPINLOCK(meter);
static u64 last_ns;
static u64 base_uj, base_frac, total_uw;
static u64 cpu_idle_us[MAX_CPUS], cpu_wall_us[MAX_CPUS];
static struct platform_device *soc;
static struct device *hwmon;
static struct power_supply *psy;
static struct powercap_control_type *rapl;
static struct powercap_zone *zpkg, *zcore, *zdram, *zpsys;
static struct delayed_work tick;
static unsigned long __percpu *freq_scale;
static bool cpufreq_on, stopping;

static int nmems(void) { return gpu ? 2 : 1; }

static struct cluster *cluster_of(int cpu)
{
	return cpu < clusters[1].first ? &clusters[0] : &clusters[1];
}

static u32 mv_at(const struct opp *o, int n, unsigned int khz)
{
	int i;

	for (i = 0; i < n - 1; i++)
		if (khz <= o[i].khz)
			break;
	return o[i].mv;
}

/* uW = pF * mV^2 * kHz / 1e9, times load in permille */
static u64 dyn_uw(u32 pf, u32 mv, unsigned int khz, u32 permille)
{
	u64 p = (u64)pf * mv * mv;		/* < 2^40 */

	p = div_u64(p, 1000) * khz;		/* < 2^53 */
	return div_u64(div_u64(p, 1000000) * permille, 1000);
}

static void add(u64 *uj, u64 *frac, u64 uw, u64 ns)
{
	u64 e = uw * ns + *frac;		/* 1e-15 J; uJ = 1e9 of them */
	u64 whole = div64_u64(e, 1000000000ULL);

	*uj += whole;
	*frac = e - whole * 1000000000ULL;
}

static u64 cluster_now_uw(struct cluster *c, u32 permille_sum)
{
	u32 mv = mv_at(c->opps, c->n, c->khz);

	return dyn_uw(c->pf, mv, c->khz, permille_sum) +
		div_u64((u64)c->leak_uw * c->count * mv, 1000);
}

/* Integrate the model up to now.  Called before each change and at reads. */
static void account(void)
{
	u64 now = ktime_get_ns(), dt;
	unsigned long flags;
	int i, cpu;
	u64 sum = 0;

	spin_lock_irqsave(&meter, flags);
	dt = now - last_ns;
	if (now <= last_ns || dt < 50000) {	/* finer steps tell nothing */
		spin_unlock_irqrestore(&meter, flags);
		return;
	}
	last_ns = now;
	for (i = 0; i < 2; i++) {
		struct cluster *c = &clusters[i];
		u32 sum_pm = 0;

		for (cpu = c->first; cpu < c->first + c->count; cpu++) {
			u32 pm = 0;

			if (!cpu_online(cpu))
				continue;
			if (load_percent >= 0) {
				pm = min(load_percent, 100) * 10;
			} else {
				u64 wall, idle = get_cpu_idle_time(cpu, &wall, 0);
				u64 dw = wall - cpu_wall_us[cpu];
				u64 di = idle - cpu_idle_us[cpu];

				if (dw && di < dw)
					pm = div64_u64((dw - di) * 1000, dw);
				cpu_wall_us[cpu] = wall;
				cpu_idle_us[cpu] = idle;
			}
			sum_pm += pm;
		}
		c->uw = c->count ? cluster_now_uw(c, sum_pm) : 0;
		add(&c->uj, &c->uj_frac, c->uw, dt);
		sum += c->uw;
	}
	for (i = 0; i < nmems(); i++) {
		struct memdev *m = &mems[i];
		unsigned int khz = m->hz / 1000;
		u32 mv = mv_at(m->opps, m->n, khz);
		u32 pm = min_t(u64, 1000, div_u64((u64)*m->demand_mhz * 1000000,
						  max(khz, 1u)));

		/* half of it is clock and refresh, paid at any load */
		m->uw = dyn_uw(m->pf, mv, khz, 500 + pm / 2) +
			div_u64((u64)m->leak_uw * mv, 1000);
		add(&m->uj, &m->uj_frac, m->uw, dt);
		sum += m->uw;
	}
	add(&base_uj, &base_frac, base_uw, dt);
	total_uw = sum + base_uw;
	spin_unlock_irqrestore(&meter, flags);
}

static u64 total_uj(void)
{
	return clusters[0].uj + clusters[1].uj + mems[0].uj +
		(gpu ? mems[1].uj : 0) + base_uj;
}

static void tick_fn(struct work_struct *w)
{
	account();
	if (!stopping)
		schedule_delayed_work(&tick, msecs_to_jiffies(100));
}

/* ---- cpufreq ------------------------------------------------------------ */

static int fs_cpu_init(struct cpufreq_policy *policy)
{
	struct cluster *c = cluster_of(policy->cpu);
	int cpu;

	for (cpu = c->first; cpu < c->first + c->count; cpu++)
		cpumask_set_cpu(cpu, policy->cpus);
	policy->freq_table = c->table;
	policy->driver_data = c;
	policy->cpuinfo.transition_latency = 50000;	/* ns */
	policy->dvfs_possible_from_any_cpu = true;
	policy->fast_switch_possible = fast;
	policy->cur = c->khz;
	return 0;
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static void fs_cpu_exit(struct cpufreq_policy *policy) { }
#else
static int fs_cpu_exit(struct cpufreq_policy *policy) { return 0; }
#endif

static unsigned int fs_cpu_get(unsigned int cpu)
{
	struct cluster *c = cluster_of(cpu);
	unsigned int cap = READ_ONCE(hw_cap_khz);

	return cap ? min(cap, c->khz) : c->khz;
}

/* The clock's share of the fastest one, in parts of 1024. */
static void tell_clock(struct cluster *c)
{
	int cpu;

	if (!freq_scale)
		return;
	for (cpu = c->first; cpu < c->first + c->count; cpu++)
		*per_cpu_ptr(freq_scale, cpu) =
			((unsigned long)c->khz << SCHED_CAPACITY_SHIFT) / c->opps[c->n - 1].khz;
}

static unsigned int fs_cpu_fast(struct cpufreq_policy *policy, unsigned int khz)
{
	struct cluster *c = policy->driver_data;

	if (cpu_fail)
		return 0;
	account();
	khz = c->table[cpufreq_table_find_index_l(policy, khz, false)].frequency;
	WRITE_ONCE(c->khz, khz);
	tell_clock(c);
	return khz;
}

static int fs_cpu_target(struct cpufreq_policy *policy, unsigned int index)
{
	struct cluster *c = policy->driver_data;

	if (cpu_fail)
		return -cpu_fail;
	if (cpu_latency_us)
		usleep_range(cpu_latency_us, cpu_latency_us + 5);
	account();
	WRITE_ONCE(c->khz, c->table[index].frequency);
	tell_clock(c);
	return 0;
}

static struct cpufreq_driver fs_cpufreq = {
	.name = "fakesoc-cpufreq",
	.flags = CPUFREQ_HAVE_GOVERNOR_PER_POLICY,
	.init = fs_cpu_init,
	.exit = fs_cpu_exit,
	.verify = cpufreq_generic_frequency_table_verify,
	.target_index = fs_cpu_target,
	.get = fs_cpu_get,
	.attr = cpufreq_generic_attr,
};

/* Thermal cap, through the same QoS constraint the thermal core uses. */
static int thermal_set(const char *val, const struct kernel_param *kp)
{
	long i = (long)kp->arg;
	unsigned int khz;
	int ret = kstrtouint(val, 0, &khz);

	if (ret)
		return ret;
	if (i < 2) {
		if (!clusters[i].have_qos)
			return -ENODEV;
		ret = freq_qos_update_request(&clusters[i].qos,
				khz ? (s32)khz : FREQ_QOS_MAX_DEFAULT_VALUE);
	} else {
		if (!mems[0].have_qos)
			return -ENODEV;
		ret = dev_pm_qos_update_request(&mems[0].qos,
				khz ? (s32)khz : PM_QOS_MAX_FREQUENCY_DEFAULT_VALUE);
	}
	return ret < 0 ? ret : 0;
}
static const struct kernel_param_ops thermal_ops = { .set = thermal_set };
module_param_cb(thermal_little_khz, &thermal_ops, (void *)0L, 0200);
module_param_cb(thermal_big_khz, &thermal_ops, (void *)1L, 0200);
module_param_cb(thermal_mem_khz, &thermal_ops, (void *)2L, 0200);

static int cpufreq_up(void)
{
	int i, j, ret, n = nr_cpu_ids;

	n = min(n, MAX_CPUS);
	if (little_cpus <= 0 || little_cpus >= n)
		little_cpus = n > 1 ? n / 2 : 1;
	clusters[0].first = 0;
	clusters[0].count = little_cpus;
	if (cpu_pf)
		clusters[0].pf = cpu_pf;
	clusters[1].first = little_cpus;
	clusters[1].count = n - little_cpus;
	for (i = 0; i < 2; i++) {
		struct cluster *c = &clusters[i];

		for (j = 0; j < c->n; j++) {
			c->table[j].driver_data = j;
			c->table[j].frequency = c->opps[j].khz;
		}
		c->table[j].frequency = CPUFREQ_TABLE_END;
		c->khz = c->opps[c->n - 1].khz;
	}
	if (fast)
		fs_cpufreq.fast_switch = fs_cpu_fast;
	ret = cpufreq_register_driver(&fs_cpufreq);
	if (ret)
		return ret;
	cpufreq_on = true;
	for (i = 0; i < 2; i++) {
		struct cpufreq_policy *p;

		if (!clusters[i].count)
			continue;
		p = cpufreq_cpu_get(clusters[i].first);
		if (!p)
			continue;
		ret = freq_qos_add_request(&p->constraints, &clusters[i].qos,
					   FREQ_QOS_MAX, FREQ_QOS_MAX_DEFAULT_VALUE);
		clusters[i].have_qos = ret >= 0;
		cpufreq_cpu_put(p);
	}
	return 0;
}

static void cpufreq_down(void)
{
	int i;

	for (i = 0; i < 2; i++)
		if (clusters[i].have_qos)
			freq_qos_remove_request(&clusters[i].qos);
	if (cpufreq_on)
		cpufreq_unregister_driver(&fs_cpufreq);
}

/* ---- optional: frequency that is felt ----------------------------------- */

/*
 * Once a millisecond an interrupt takes from the running task the share of the
 * time that the clock lacks to the fastest one.  The scheduler does not see
 * interrupts (boot with tsc=noirqtime), so the task looks busy and gets less
 * done, as on slow hardware.  An idle CPU is left alone.
 */
#define SLICE_NS NSEC_PER_MSEC

static DEFINE_PER_CPU(struct hrtimer, slower);
static DEFINE_PER_CPU(u64, slice_start);

static enum hrtimer_restart slow_fn(struct hrtimer *t)
{
	int cpu = smp_processor_id();
	struct cluster *c = cluster_of(cpu);
	unsigned int max = c->opps[c->n - 1].khz, khz = fs_cpu_get(cpu);
	u64 now = ktime_get_ns(), last = this_cpu_read(slice_start);
	u64 ran = now > last ? now - last : 0;

	/* of what it ran since the last time, khz/max must be left over */
	if (!is_idle_task(current) && khz && khz < max) {
		u64 owed = div_u64(min_t(u64, ran, 2 * SLICE_NS) * (max - khz), khz);

		/* reading the clock costs QEMU more than a thousand instructions */
		while (ktime_get_ns() - now < owed) {
			int i;

			for (i = 0; i < 1000; i++)
				barrier();
		}
	}
	this_cpu_write(slice_start, ktime_get_ns());
	hrtimer_forward_now(t, ns_to_ktime(SLICE_NS / 2));
	return HRTIMER_RESTART;
}

static void slow_start(void *unused)
{
	struct hrtimer *t = this_cpu_ptr(&slower);

	hrtimer_init(t, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	t->function = slow_fn;
	this_cpu_write(slice_start, ktime_get_ns());
	hrtimer_start(t, ns_to_ktime(SLICE_NS), HRTIMER_MODE_REL_PINNED_HARD);
}

static void throttle_up(void)
{
	if (throttle)
		on_each_cpu(slow_start, NULL, 1);
}

static void throttle_down(void)
{
	int cpu;

	if (throttle)
		for_each_possible_cpu(cpu)
			hrtimer_cancel(per_cpu_ptr(&slower, cpu));
}

/* ---- optional: what governors are told and decide ------------------------ */

/*
 * One line per entry in /proc/fakesoc_log: kind, time in ns, kHz asked for
 * afterwards, and up to three numbers.
 *   E  a task becomes runnable, just before the scheduler counts it   pid
 *   D  it no longer is                                                pid
 *   T  the scheduler's tick                                           -
 *   U  a governor that the scheduler drives was asked
 *                        flags, utilization, ns of its last change of clock
 *   P  what schedutil was told at the U before it; for once ns is that of the
 *      utilization and kHz the CPU's PELT utilization
 *                        sum | period's part << 32, estimate | idle calls << 32, ns of idle time lost
 *   I  of ondemand or conservative, time for a sample: its worker is sent   -
 *   L  ondemand or conservative took a sample         idle us, wall us, load %
 *   W  its worker has applied the decision                            -
 *   S  a devfreq governor read the load               busy us, total us, kHz
 *   R  a devfreq governor's decision is applied                       -
 */
struct entry { u64 ns, a, b, c; u32 khz; char kind; };

static struct entry *entries;
static unsigned int entry_count;
static bool log_on;
module_param(log_on, bool, 0644);
static DEFINE_RAW_SPINLOCK(log_lock);

static void note(char kind, u64 ns, u32 khz, u64 a, u64 b, u64 c)
{
	unsigned long flags;

	if (!log_on || !entries)
		return;
	raw_spin_lock_irqsave(&log_lock, flags);
	if (entry_count < log_entries)
		entries[entry_count++] = (struct entry){ ns, a, b, c, khz, kind };
	raw_spin_unlock_irqrestore(&log_lock, flags);
}

static u32 khz0(void) { return clusters[0].khz; }

static void *rq0;	/* the first CPU's struct rq */

static int on_enqueue(struct kprobe *p, struct pt_regs *r)
{
	if (task_cpu((struct task_struct *)r->si) == 0)
		rq0 = (void *)r->di;
	note('E', local_clock(), khz0(), ((struct task_struct *)r->si)->pid, r->dx, 0);
	return 0;
}

static int on_dequeue(struct kprobe *p, struct pt_regs *r)
{
	note('D', local_clock(), khz0(), ((struct task_struct *)r->si)->pid, r->dx, 0);
	return 0;
}

static int on_tick(struct kprobe *p, struct pt_regs *r)
{
	note('T', local_clock(), khz0(), 0, 0, 0);
	return 0;
}

static int on_dbs_ask(struct kprobe *p, struct pt_regs *r)
{
	note('U', r->si, khz0(), r->dx, 0, 0);
	return 0;
}

static int on_dbs_due(struct kprobe *p, struct pt_regs *r)
{
	note('I', local_clock(), khz0(), 0, 0, 0);
	return 0;
}

static int asked_in(struct kretprobe_instance *i, struct pt_regs *r)
{
	((u64 *)i->data)[0] = r->si;
	((u64 *)i->data)[1] = r->dx;
	((u64 *)i->data)[2] = r->di;
	return 0;
}

static int asked_out(struct kretprobe_instance *i, struct pt_regs *r)
{
	u64 *args = (u64 *)i->data;
	u64 util = 0, changed = 0, idle_calls = 0, lost = 0;
	void *policy;
	struct sched_avg avg;

	/* struct sugov_cpu and sugov_policy of Linux 6.1 */
	copy_from_kernel_nofault(&util, (void *)args[2] + 40, sizeof(util));
	copy_from_kernel_nofault(&idle_calls, (void *)args[2] + 64, sizeof(idle_calls));
	if (!copy_from_kernel_nofault(&policy, (void *)args[2] + 8, sizeof(policy)))
		copy_from_kernel_nofault(&changed, policy + 40, sizeof(changed));
	note('U', args[0], khz0(), args[1], util, changed);
	/* its struct rq: the average of the root cfs_rq, and the PELT clock's lost time */
	if (!rq0 || copy_from_kernel_nofault(&avg, rq0 + 128 + 128, sizeof(avg)))
		return 0;
	copy_from_kernel_nofault(&lost, rq0 + 2512, sizeof(lost));
	note('P', avg.last_update_time, avg.util_avg, avg.util_sum | (u64)avg.period_contrib << 32,
	     avg.util_est.enqueued | idle_calls << 32, lost);
	return 0;
}

/* What dbs_update read last: the counters of idle and of all time. */
static bool sampling;
static u64 read_idle, read_wall;

static int idle_in(struct kretprobe_instance *i, struct pt_regs *r)
{
	*(u64 **)i->data = (u64 *)r->si;
	return !sampling;
}

static int idle_out(struct kretprobe_instance *i, struct pt_regs *r)
{
	read_idle = regs_return_value(r);
	read_wall = **(u64 **)i->data;
	return 0;
}

static int sample_in(struct kretprobe_instance *i, struct pt_regs *r)
{
	sampling = true;
	return 0;
}

static int sample_out(struct kretprobe_instance *i, struct pt_regs *r)
{
	sampling = false;
	note('L', local_clock(), khz0(), read_idle, read_wall, (u32)regs_return_value(r));
	return 0;
}

static int work_out(struct kretprobe_instance *i, struct pt_regs *r)
{
	note('W', local_clock(), khz0(), 0, 0, 0);
	return 0;
}

static struct kprobe probes[] = {
	{ .symbol_name = "enqueue_task_fair", .pre_handler = on_enqueue },
	{ .symbol_name = "dequeue_task_fair", .pre_handler = on_dequeue },
	{ .symbol_name = "task_tick_fair", .pre_handler = on_tick },
	{ .symbol_name = "dbs_update_util_handler", .pre_handler = on_dbs_ask },
	{ .symbol_name = "dbs_irq_work", .pre_handler = on_dbs_due },
};
static struct kretprobe returns[] = {
	{ .kp.symbol_name = "sugov_update_single_freq", .entry_handler = asked_in,
	  .handler = asked_out, .data_size = 3 * sizeof(u64), .maxactive = 64 },
	{ .kp.symbol_name = "sugov_update_shared", .entry_handler = asked_in,
	  .handler = asked_out, .data_size = 3 * sizeof(u64), .maxactive = 64 },
	{ .kp.symbol_name = "get_cpu_idle_time", .entry_handler = idle_in,
	  .handler = idle_out, .data_size = sizeof(u64 *), .maxactive = 64 },
	{ .kp.symbol_name = "dbs_update", .entry_handler = sample_in,
	  .handler = sample_out, .maxactive = 16 },
	{ .kp.symbol_name = "dbs_work_handler", .handler = work_out, .maxactive = 16 },
};
static bool probed[ARRAY_SIZE(probes)], returned[ARRAY_SIZE(returns)];

static int log_show(struct seq_file *m, void *v)
{
	struct entry *e = v;

	seq_printf(m, "%c %llu %u %llu %llu %llu\n", e->kind, e->ns, e->khz, e->a, e->b, e->c);
	return 0;
}

static void *log_start(struct seq_file *m, loff_t *pos)
{
	return *pos < entry_count ? &entries[*pos] : NULL;
}

static void *log_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return log_start(m, pos);
}

static void log_stop(struct seq_file *m, void *v) { }

static const struct seq_operations log_seq = {
	.start = log_start, .next = log_next, .stop = log_stop, .show = log_show,
};

static int log_open(struct inode *inode, struct file *f) { return seq_open(f, &log_seq); }

/* A write forgets everything. */
static ssize_t log_write(struct file *f, const char __user *b, size_t n, loff_t *pos)
{
	entry_count = 0;
	return n;
}

static const struct proc_ops log_ops = {
	.proc_open = log_open, .proc_read = seq_read, .proc_lseek = seq_lseek,
	.proc_release = seq_release, .proc_write = log_write,
};

static void log_up(void)
{
	int i, ret;

	if (!log_entries)
		return;
	entries = vmalloc(array_size(log_entries, sizeof(*entries)));
	if (!entries || !proc_create("fakesoc_log", 0600, NULL, &log_ops))
		return;
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		ret = register_kprobe(&probes[i]);
		probed[i] = !ret;
		if (ret)
			pr_err("no probe of %s: %d\n", probes[i].symbol_name, ret);
	}
	for (i = 0; i < ARRAY_SIZE(returns); i++) {
		ret = register_kretprobe(&returns[i]);
		returned[i] = !ret;
		if (ret)
			pr_err("no probe of %s: %d\n", returns[i].kp.symbol_name, ret);
	}
}

static void log_down(void)
{
	int i;

	if (!entries)
		return;
	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probed[i])
			unregister_kprobe(&probes[i]);
	for (i = 0; i < ARRAY_SIZE(returns); i++)
		if (returned[i])
			unregister_kretprobe(&returns[i]);
	remove_proc_entry("fakesoc_log", NULL);
	vfree(entries);
}

/* ---- optional: a scheduler that knows the clock --------------------------- */

static unsigned long address(const char *symbol)
{
	struct kprobe p = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *);

	if (register_kprobe(&p))
		return 0;
	lookup = (void *)p.addr;
	unregister_kprobe(&p);
	return lookup(symbol);
}

/*
 * x86 tells its scheduler the clock from counters that QEMU lacks.  Here the
 * driver tells it, as drivers on ARM do (topology_set_freq_scale).
 */
static void invariant_up(void)
{
	struct static_key *key;

	if (!invariant)
		return;
	key = (void *)address("arch_scale_freq_key");
	freq_scale = (void *)address("arch_freq_scale");
	if (!key || !freq_scale) {
		pr_err("this kernel's scheduler cannot be told the clock\n");
		freq_scale = NULL;
		return;
	}
	tell_clock(&clusters[0]);
	tell_clock(&clusters[1]);
	static_key_enable(key);
}

/* ---- devfreq ------------------------------------------------------------ */

static int fs_mem_target(struct device *dev, unsigned long *freq, u32 flags)
{
	struct memdev *m = dev_get_drvdata(dev);
	struct dev_pm_opp *opp;

	if (mem_fail)
		return -mem_fail;
	opp = devfreq_recommended_opp(dev, freq, flags);
	if (IS_ERR(opp))
		return PTR_ERR(opp);
	dev_pm_opp_put(opp);
	if (mem_latency_us && *freq != m->hz)
		usleep_range(mem_latency_us, mem_latency_us + 5);
	account();
	m->hz = *freq;
	if (m == &mems[0])
		note('R', ktime_get_ns(), m->hz / 1000, 0, 0, 0);
	return 0;
}

static int fs_mem_status(struct device *dev, struct devfreq_dev_status *s)
{
	struct memdev *m = dev_get_drvdata(dev);
	ktime_t now = ktime_get();
	s64 us = ktime_us_delta(now, m->last);
	u64 busy;

	m->last = now;
	us = clamp_t(s64, us, 1, 1000000);
	busy = div64_u64((u64)us * *m->demand_mhz, max(1UL, m->hz / 1000000));
	s->total_time = us;
	s->busy_time = min_t(u64, busy, us);
	s->current_frequency = m->hz;
	if (m == &mems[0])
		note('S', ktime_to_ns(now), m->hz / 1000, s->busy_time, s->total_time, m->hz / 1000);
	return 0;
}

static int fs_mem_cur(struct device *dev, unsigned long *freq)
{
	struct memdev *m = dev_get_drvdata(dev);

	*freq = m->hz;
	return 0;
}

static int mem_up(struct memdev *m)
{
	int i, ret;

	m->pdev = platform_device_register_simple(m->name, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(m->pdev)) {
		ret = PTR_ERR(m->pdev);
		m->pdev = NULL;
		return ret;
	}
	platform_set_drvdata(m->pdev, m);
	for (i = 0; i < m->n; i++) {
		ret = dev_pm_opp_add(&m->pdev->dev, m->opps[i].khz * 1000UL,
				     m->opps[i].mv * 1000UL);
		if (ret)
			return ret;
	}
	m->hz = m->opps[m->n - 1].khz * 1000UL;
	m->last = ktime_get();
	m->profile.initial_freq = m->hz;
	m->profile.polling_ms = 100;
	m->profile.timer = DEVFREQ_TIMER_DELAYED;
	m->profile.target = fs_mem_target;
	m->profile.get_dev_status = fs_mem_status;
	m->profile.get_cur_freq = fs_mem_cur;
	m->df = devfreq_add_device(&m->pdev->dev, &m->profile, devfreq_gov, NULL);
	if (IS_ERR(m->df)) {
		ret = PTR_ERR(m->df);
		m->df = NULL;
		return ret;
	}
	ret = dev_pm_qos_add_request(&m->pdev->dev, &m->qos, DEV_PM_QOS_MAX_FREQUENCY,
				     PM_QOS_MAX_FREQUENCY_DEFAULT_VALUE);
	m->have_qos = ret >= 0;
	return 0;
}

/*
 * Knob mem_switch, what is wrong with a switch of the memory's governor:
 *   1  its folder has a "userspace" already, so that the governor of that name
 *      cannot start: the kernel takes the old one again and says OK
 *   2  the governor in force allows no other: EINVAL
 */
static int mem_switch;

static struct attribute *no_attrs[] = { NULL };
static const struct attribute_group in_the_way = {
	.name = "userspace", .attrs = no_attrs,
};

static int mem_switch_set(const char *val, const struct kernel_param *kp)
{
	struct devfreq *df = mems[0].df;
	int before = mem_switch, ret = param_set_int(val, kp);
	u64 *flags;

	if (ret || !df || before == mem_switch)
		return ret;
	flags = (u64 *)&df->governor->flags;
	*flags &= ~DEVFREQ_GOV_FLAG_IMMUTABLE;
	if (before == 1)
		sysfs_remove_group(&df->dev.kobj, &in_the_way);
	if (mem_switch == 1)
		ret = sysfs_create_group(&df->dev.kobj, &in_the_way);
	if (mem_switch == 2)
		*flags |= DEVFREQ_GOV_FLAG_IMMUTABLE;
	return ret;
}

static const struct kernel_param_ops mem_switch_ops = {
	.set = mem_switch_set, .get = param_get_int,
};
module_param_cb(mem_switch, &mem_switch_ops, &mem_switch, 0644);

static void mem_down(struct memdev *m)
{
	if (m->have_qos)
		dev_pm_qos_remove_request(&m->qos);
	if (m->df)
		devfreq_remove_device(m->df);
	if (m->pdev) {
		dev_pm_opp_remove_all_dynamic(&m->pdev->dev);
		platform_device_unregister(m->pdev);
	}
}

/* ---- powercap (RAPL look-alike) ----------------------------------------- */

static int fs_energy(struct powercap_zone *z, u64 *uj)
{
	u64 e;

	account();
	if (z == zcore)
		e = clusters[0].uj + clusters[1].uj;
	else if (z == zdram)
		e = mems[0].uj;
	else if (z == zpsys)
		e = total_uj();
	else
		e = clusters[0].uj + clusters[1].uj + (gpu ? mems[1].uj : 0);
	if (rapl_max_uj)
		div64_u64_rem(e, rapl_max_uj + 1, &e);
	*uj = e;
	return 0;
}

static int fs_energy_max(struct powercap_zone *z, u64 *uj)
{
	*uj = rapl_max_uj;
	return 0;
}

static int fs_release(struct powercap_zone *z) { return 0; }

static const struct powercap_zone_ops zone_ops = {
	.get_max_energy_range_uj = fs_energy_max,
	.get_energy_uj = fs_energy,
	.release = fs_release,
};

/* The framework wants limits to be settable; these are kept, not enforced. */
static u64 limit_uw = 15000000, window_us = 1000000;

static int fs_get_limit(struct powercap_zone *z, int id, u64 *v) { *v = limit_uw; return 0; }
static int fs_set_limit(struct powercap_zone *z, int id, u64 v) { limit_uw = v; return 0; }
static int fs_get_window(struct powercap_zone *z, int id, u64 *v) { *v = window_us; return 0; }
static int fs_set_window(struct powercap_zone *z, int id, u64 v) { window_us = v; return 0; }
static const char *fs_limit_name(struct powercap_zone *z, int id) { return "long_term"; }

static const struct powercap_zone_constraint_ops limit_ops = {
	.get_power_limit_uw = fs_get_limit, .set_power_limit_uw = fs_set_limit,
	.get_time_window_us = fs_get_window, .set_time_window_us = fs_set_window,
	.get_name = fs_limit_name,
};

static struct powercap_zone *zone(const char *name, struct powercap_zone *parent)
{
	struct powercap_zone *z;

	z = powercap_register_zone(NULL, rapl, name, parent, &zone_ops, 1, &limit_ops);
	if (IS_ERR(z)) {
		pr_err("zone %s: %ld\n", name, PTR_ERR(z));
		return NULL;
	}
	return z;
}

static void rapl_up(void)
{
	if (!rapl_type || !*rapl_type)
		return;
	rapl = powercap_register_control_type(NULL, rapl_type, NULL);
	if (IS_ERR(rapl)) {
		pr_err("control type: %ld\n", PTR_ERR(rapl));
		rapl = NULL;
		return;
	}
	zpkg = zone("package-0", NULL);
	if (zpkg) {
		zcore = zone("core", zpkg);
		zdram = zone("dram", zpkg);
	}
	zpsys = zone("psys", NULL);
}

static void rapl_down(void)
{
	if (!rapl)
		return;
	if (zpsys)
		powercap_unregister_zone(rapl, zpsys);
	if (zdram)
		powercap_unregister_zone(rapl, zdram);
	if (zcore)
		powercap_unregister_zone(rapl, zcore);
	if (zpkg)
		powercap_unregister_zone(rapl, zpkg);
	powercap_unregister_control_type(rapl);
}

/* ---- hwmon -------------------------------------------------------------- */

#define BATTERY_MV 3850

static umode_t hw_visible(const void *d, enum hwmon_sensor_types t, u32 a, int ch)
{
	return 0444;
}

static int hw_read(struct device *dev, enum hwmon_sensor_types t, u32 a, int ch, long *v)
{
	u64 uw;

	account();
	uw = ch == 0 ? total_uw : ch == 1 ? clusters[0].uw + clusters[1].uw : mems[0].uw;
	switch (t) {
	case hwmon_power:
		*v = uw;
		return 0;
	case hwmon_in:
		*v = 5000;
		return 0;
	case hwmon_curr:
		*v = div_u64(total_uw, 5000);
		return 0;
	case hwmon_energy:
		*v = total_uj();
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int hw_string(struct device *dev, enum hwmon_sensor_types t, u32 a, int ch,
		     const char **s)
{
	static const char * const names[] = { "VDD_IN", "VDD_CPU", "VDD_DDR" };

	*s = names[ch];
	return 0;
}

static const struct hwmon_ops hw_ops = {
	.is_visible = hw_visible, .read = hw_read, .read_string = hw_string,
};
static const struct hwmon_channel_info * const hw_info[] = {
	HWMON_CHANNEL_INFO(power, HWMON_P_INPUT | HWMON_P_LABEL,
			   HWMON_P_INPUT | HWMON_P_LABEL,
			   HWMON_P_INPUT | HWMON_P_LABEL),
	HWMON_CHANNEL_INFO(in, HWMON_I_INPUT | HWMON_I_LABEL),
	HWMON_CHANNEL_INFO(curr, HWMON_C_INPUT | HWMON_C_LABEL),
	HWMON_CHANNEL_INFO(energy, HWMON_E_INPUT | HWMON_E_LABEL),
	NULL
};
static const struct hwmon_chip_info hw_chip = { .ops = &hw_ops, .info = (void *)hw_info };

/* ---- battery ------------------------------------------------------------ */

#define BATTERY_UWH 15000000ULL

static enum power_supply_property bat_props[] = {
	POWER_SUPPLY_PROP_STATUS, POWER_SUPPLY_PROP_PRESENT,
	POWER_SUPPLY_PROP_TECHNOLOGY, POWER_SUPPLY_PROP_VOLTAGE_NOW,
	POWER_SUPPLY_PROP_CURRENT_NOW, POWER_SUPPLY_PROP_POWER_NOW,
	POWER_SUPPLY_PROP_ENERGY_NOW, POWER_SUPPLY_PROP_ENERGY_FULL,
	POWER_SUPPLY_PROP_CAPACITY,
};

static int bat_get(struct power_supply *p, enum power_supply_property prop,
		   union power_supply_propval *v)
{
	u64 left;

	account();
	left = div_u64(total_uj(), 3600);
	left = left < BATTERY_UWH ? BATTERY_UWH - left : 0;
	switch (prop) {
	case POWER_SUPPLY_PROP_STATUS:
		v->intval = POWER_SUPPLY_STATUS_DISCHARGING;
		break;
	case POWER_SUPPLY_PROP_PRESENT:
		v->intval = 1;
		break;
	case POWER_SUPPLY_PROP_TECHNOLOGY:
		v->intval = POWER_SUPPLY_TECHNOLOGY_LION;
		break;
	case POWER_SUPPLY_PROP_VOLTAGE_NOW:
		v->intval = BATTERY_MV * 1000;
		break;
	case POWER_SUPPLY_PROP_CURRENT_NOW:
		v->intval = div_u64(total_uw * 1000, BATTERY_MV);
		break;
	case POWER_SUPPLY_PROP_POWER_NOW:
		v->intval = total_uw;
		break;
	case POWER_SUPPLY_PROP_ENERGY_NOW:
		v->intval = left;
		break;
	case POWER_SUPPLY_PROP_ENERGY_FULL:
		v->intval = BATTERY_UWH;
		break;
	case POWER_SUPPLY_PROP_CAPACITY:
		v->intval = div64_u64(left * 100, BATTERY_UWH);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static struct power_supply_desc bat_desc = {
	.type = POWER_SUPPLY_TYPE_BATTERY,
	.properties = bat_props,
	.num_properties = ARRAY_SIZE(bat_props),
	.get_property = bat_get,
};

/* ---- module ------------------------------------------------------------- */

static void take_down(void)
{
	int i;

	stopping = true;
	if (psy)
		power_supply_unregister(psy);
	if (hwmon)
		hwmon_device_unregister(hwmon);
	rapl_down();
	for (i = 0; i < nmems(); i++)
		mem_down(&mems[i]);
	throttle_down();
	log_down();
	cpufreq_down();
	cancel_delayed_work_sync(&tick);
	if (soc)
		platform_device_unregister(soc);
}

static int __init fs_init(void)
{
	struct power_supply_config cfg = { };
	int i, ret;

	last_ns = ktime_get_ns();
	INIT_DELAYED_WORK(&tick, tick_fn);
	soc = platform_device_register_simple("fakesoc", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(soc))
		return PTR_ERR(soc);
	ret = cpufreq_up();
	if (ret) {
		pr_err("cpufreq: %d\n", ret);
		goto err;
	}
	for (i = 0; i < nmems(); i++) {
		ret = mem_up(&mems[i]);
		if (ret) {
			pr_err("devfreq %s: %d\n", mems[i].name, ret);
			goto err;
		}
	}
	rapl_up();
	hwmon = hwmon_device_register_with_info(&soc->dev, "fakesoc", NULL, &hw_chip, NULL);
	if (IS_ERR(hwmon)) {
		pr_err("hwmon: %ld\n", PTR_ERR(hwmon));
		hwmon = NULL;
	}
	if (battery && *battery) {
		bat_desc.name = battery;
		psy = power_supply_register(&soc->dev, &bat_desc, &cfg);
		if (IS_ERR(psy)) {
			pr_err("power_supply: %ld\n", PTR_ERR(psy));
			psy = NULL;
		}
	}
	invariant_up();
	log_up();
	throttle_up();
	schedule_delayed_work(&tick, 0);
	pr_info("%d+%d CPUs, %d devfreq devices\n", clusters[0].count,
		clusters[1].count, nmems());
	return 0;
err:
	take_down();
	return ret;
}

static void __exit fs_exit(void)
{
	take_down();
}

module_init(fs_init);
module_exit(fs_exit);
MODULE_DESCRIPTION("Imaginary SoC for tests: cpufreq, devfreq, powercap, hwmon, battery");
MODULE_LICENSE("GPL");
