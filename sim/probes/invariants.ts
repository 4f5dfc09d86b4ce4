import type {Run} from '../gpu/run.ts';
import type {GpuValues} from '../gpu/parameters.ts';
import type {Job} from '../job.ts';

/** Checks that cost nothing, made on every run; an Error names the law that was broken. */
export function check(job: Job, run: Run, gpu: GpuValues): void {
  const subcores = gpu.sm.subcores;
  run.ledger.forEach((row, sm) => {
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum !== run.cycles * subcores)
      throw new Error(`time does not tile: the ledger of SM ${sm} holds ${sum} sub-core cycles of ${run.cycles * subcores}`);
  });
  if (run.l2.read !== run.sectorsToL1) throw new Error(`bytes are lost: SMs asked L2 for ${run.l2.read} sectors, ${run.sectorsToL1} arrived`);
  const pipes = run.ledger.length * subcores;
  if (run.utilisation.tensor > 1 || run.utilisation.dram > 1)
    throw new Error(`faster than physics: ${run.macs} multiply-adds in ${run.cycles} cycles on ${pipes} tensor pipes, ${run.dram.read} B from DRAM`);
  if (job.kept > job.gemm.k * job.gemm.n) throw new Error('more weights are kept than there are');
}
