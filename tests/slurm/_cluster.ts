/**
 * A Slurm cluster of one node on the loopback, in a folder of its own and with ports of its own.
 *
 * @module
 */

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"];

async function call(program: string, args: string[], env = {}): Promise<[boolean, string]> {
  const command = new Deno.Command(program, { args, env, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  return [success, new TextDecoder().decode(success ? stdout : stderr).trim()];
}

/** Why no cluster can be started here; nothing when one can. */
export async function whyNot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "the daemons of Slurm need the rights of root";
  for (const program of PROGRAMS) {
    const [found] = await call("sh", ["-c", `PATH=$PATH:/usr/sbin command -v ${program}`]);
    if (!found) return `${program} is not installed (Debian: apt-get install slurm-wlm)`;
  }
}

/** A running cluster; disposing it ends its daemons and what they run. */
export interface Cluster extends AsyncDisposable {
  /** Environment in which the commands of Slurm speak to this cluster. */
  readonly env: Record<string, string>;
  /** Name of its node. */
  readonly node: string;
  /** Runs a command of Slurm; its output. */
  call(program: string, ...args: string[]): Promise<string>;
}

function configuration(folder: string, node: string): string {
  return [
    "ClusterName=lora",
    `SlurmctldHost=${node}(127.0.0.1)`,
    ...["SlurmUser=root", "SlurmdUser=root", "AuthType=auth/munge"],
    `AuthInfo=socket=${folder}/munge.socket`,
    ...["SlurmctldPort=26817", "SlurmdPort=26818"],
    ...[`StateSaveLocation=${folder}/state`, `SlurmdSpoolDir=${folder}/spool`],
    ...[`SlurmctldPidFile=${folder}/slurmctld.pid`, `SlurmdPidFile=${folder}/slurmd.pid`],
    ...["ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "MpiDefault=none"],
    ...["AccountingStorageType=accounting_storage/none", "JobAcctGatherType=jobacct_gather/none"],
    ...["SchedulerType=sched/backfill", "SelectType=select/cons_tres"],
    ...["SelectTypeParameters=CR_CPU", "SchedulerParameters=batch_sched_delay=1,sched_interval=2"],
    ...["ReturnToService=2", "MaxArraySize=6"],
    `NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
    `PartitionName=cpu Nodes=${node} Default=YES MaxTime=INFINITE State=UP`,
    "",
  ].join("\n");
}

/** Starts a cluster and waits until its node is idle. */
export async function startCluster(): Promise<Cluster> {
  const folder = await Deno.makeTempDir({ prefix: "slurm-" }), node = Deno.hostname().split(".")[0];
  const env = { SLURM_CONF: `${folder}/slurm.conf`, PATH: `${Deno.env.get("PATH")}:/usr/sbin` };
  for (const name of ["state", "spool"]) Deno.mkdirSync(`${folder}/${name}`);
  Deno.chmodSync(folder, 0o755);
  Deno.writeFileSync(`${folder}/munge.key`, crypto.getRandomValues(new Uint8Array(1024)), {
    mode: 0o400,
  });
  Deno.writeTextFileSync(env.SLURM_CONF, configuration(folder, node));
  Deno.writeTextFileSync(`${folder}/cgroup.conf`, "CgroupPlugin=cgroup/v1\n");
  const daemons: Deno.ChildProcess[] = [];
  const daemon = (program: string, ...args: string[]) =>
    daemons.push(
      new Deno.Command(program, { args, env, stdin: "null", stdout: "null", stderr: "null" })
        .spawn(),
    );
  const cluster: Cluster = {
    ...{ env, node },
    async call(program, ...args) {
      const [success, text] = await call(program, args, env);
      if (!success) throw new Error(`${program} ${args.join(" ")}: ${text}`);
      return text;
    },
    async [Symbol.asyncDispose]() {
      await call("scancel", ["--user=root"], env);
      for (const child of daemons.reverse()) {
        try {
          child.kill("SIGTERM");
        } catch { /* it has ended */ }
        const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
        await child.status;
        clearTimeout(timer);
      }
      await Deno.remove(folder, { recursive: true });
    },
  };
  const file = (name: string) => `${folder}/munge.${name}`;
  daemon("munged", "--foreground", "--force", ...[
    ...[`--key-file=${file("key")}`, `--socket=${file("socket")}`, `--pid-file=${file("pid")}`],
    ...[`--log-file=${file("log")}`, `--seed-file=${file("seed")}`],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  daemon("slurmctld", "-D", "-L", `${folder}/slurmctld.log`);
  daemon("slurmd", "-D", "-L", `${folder}/slurmd.log`);
  for (let tries = 0; tries < 120; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const [success, text] = await call("sinfo", ["--noheader", "--format=%T"], env);
    if (success && text === "idle") return cluster;
  }
  const log = ["slurmctld", "slurmd"].map((name) => {
    try {
      return Deno.readTextFileSync(`${folder}/${name}.log`).split("\n").slice(-8).join("\n");
    } catch {
      return `${name} wrote no log`;
    }
  });
  await cluster[Symbol.asyncDispose]();
  throw new Error(`Cannot start a cluster as its node must become idle:\n${log.join("\n")}`);
}
