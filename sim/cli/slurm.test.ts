import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {experiment} from '../config/given.ts';
import type {Result} from '../stats/result.ts';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const nodes = ['n1', 'n2', 'n3', 'n4'];

/** Four nodes on one machine, without accounts, cgroups or munge. A node that does not answer for ten seconds is down. */
const configuration = (folder: string) => `ClusterName=test
SlurmctldHost=${hostname().split('.')[0]}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=default_queue_depth=1000,sched_min_interval=1000,batch_sched_delay=0,bf_interval=1
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool.%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.%n.log
ReturnToService=2
SlurmdTimeout=10
SlurmctldPort=16827
NodeName=n[1-4] NodeHostname=${hostname().split('.')[0]} NodeAddr=127.0.0.1 Port=[17011-17014] CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

const where = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`], {encoding: 'utf8'}).stdout.trim();
const missing = ['slurmctld', 'slurmd', 'slurmstepd', 'sbatch', 'squeue', 'scontrol'].filter((command) => where(command) === '');
const reason =
  missing.length > 0
    ? `Slurm is not installed here: no ${missing.join(', ')} (Debian: slurmctld slurmd slurm-client)`
    : process.getuid?.() === 0
      ? undefined
      : 'nodes of Slurm are started by root only';

test.serial('of four nodes one dies in the middle: every point is there, with the digest of a local run', async (t) => {
  if (reason !== undefined) {
    t.log(`skipped: ${reason}`);
    t.pass();
    return;
  }
  t.timeout(400_000);
  const folder = mkdtempSync(join(tmpdir(), 'tvwsim-'));
  const env = {...process.env, SLURM_CONF: join(folder, 'slurm.conf')};
  const slurm = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, {env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
  const pidOf = (name: string) => Number(readFileSync(join(folder, `${name}.pid`), 'utf8'));
  t.teardown(() => {
    spawnSync('scancel', ['-u', 'root'], {env});
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.pid'))) end(Number(readFileSync(join(folder, file), 'utf8')));
    rmSync(folder, {recursive: true, force: true});
  });
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'slurm.conf'), configuration(folder));
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupAutomount=no\n');
  slurm('slurmctld', '-f', env.SLURM_CONF);
  for (const node of nodes) slurm('slurmd', '-N', node, '-f', env.SLURM_CONF, '-d', where('slurmstepd'));
  writeFileSync(join(folder, 'e.yaml'), experiment({workload: '[{name: ffn, m: 128, n: 128, k: 128}]', sweep: '{seed: 1..200}'}));
  writeFileSync(join(folder, 'site.yaml'), 'seconds: 1\npoll: 1\n');
  const submitted = spawn(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'o', '--engine', 'slurm', '--site', 'site.yaml'], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
  const ended = once(submitted, 'close') as Promise<[number]>;
  const points = join(folder, 'o', 'points');
  const there = () =>
    existsSync(points) ? readdirSync(points, {recursive: true, encoding: 'utf8'}).filter((file) => file.endsWith('.json')).length : 0;
  while (there() < 20) await setTimeout(100);
  const busy = slurm('squeue', '-h', '-t', 'R', '-o', '%N').split('\n')[0]!;
  t.true(nodes.includes(busy), 'a node is at work');
  for (const pid of [pidOf(`slurmd.${busy}`), ...processesOn(busy, env.SLURM_CONF)]) end(pid);
  t.log(`${busy} was killed with ${there()} of 200 points there`);
  while (submitted.exitCode === null) {
    // Slurm holds what it puts back for two minutes.
    for (const job of slurm('squeue', '-h', '-t', 'PD', '-o', '%A').split('\n').filter(Boolean))
      spawnSync('scontrol', ['update', `JobId=${job}`, 'StartTime=now'], {env});
    await setTimeout(1000);
  }
  t.deepEqual(await ended, [0, null] as unknown as [number]);
  t.is(spawnSync(process.execPath, [main, 'sweep', 'e.yaml', '--out', 'local'], {cwd: folder}).status, 0);
  const digests = (out: string) =>
    readFileSync(join(folder, out, 'results.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Result).digest);
  t.is(digests('o').length, 200);
  t.deepEqual(digests('o'), digests('local'));
});

/** What runs on a node of this cluster, and what started it there. */
function processesOn(node: string, configured: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`SLURMD_NODENAME=${node}`) || !environment.includes(`SLURM_CONF=${configured}`)) return [];
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1] ?? '0';
      const isStep = readFileSync(`/proc/${parent}/cmdline`, 'utf8').includes('slurmstepd');
      return [Number(name), ...(isStep ? [Number(parent)] : [])];
    } catch {
      return [];
    }
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
