import {energyOf} from './energy.ts';
import type {Run} from './gpu/run.ts';
import type {GpuValues} from './gpu/parameters.ts';
import {boardPower, type Work} from './gpu/power.ts';
import {lineBytes, sectorBytes} from './gpu/sectored-cache.ts';
import {macs} from './gpu/tensor-core.ts';
import type {Job} from './job.ts';
import {launchTime} from './launch-time.ts';
import {kPerStored} from './trace/kernel.ts';
import {mmaShape, vectorOf} from './trace/op.ts';
import type {Metric, SampledMetric} from './stats/metrics.ts';

/** The metrics of a run. */
export function measure(job: Job, run: Run, gpu: GpuValues, hertz: number): Record<Exclude<Metric, SampledMetric>, number> {
  const {gemm, kernel, tiles} = job;
  const [bm, bn] = kernel.tile as [number, number, number];
  const e = job.trace.elementBytes;
  const {activation, weight, metadata, index, scatter, partial, pointer} = run.requested;
  // On CUDA cores every column loads its own activations, however many a warp takes.
  const columnTiles = Math.ceil(gemm.n / (job.trace.launches[0]!.accumulators.down > 0 ? bn : 1));
  const tokenTiles = Math.ceil(gemm.m / bm);
  const dense = {activation: columnTiles * gemm.m * gemm.k * e, weight: tokenTiles * gemm.n * gemm.k * e};
  const loaded = activation + weight + metadata + index + pointer;
  const registers = run.weightRegisters;
  const uncompressed = registers.metadata > 0 ? registers.values * perStored(job) : registers.values;
  const useful = tiles.reduce((sum, t) => sum + t.rows * t.columns, 0) * gemm.m;
  const rows = tiles.map((t) => t.rows);
  const launch = launchTime(job.trace, gpu.host);
  const seconds = run.cycles / hertz + launch.all / 1e9;
  const energy = energyOf(gpu, workOf(run), hertz, seconds);
  const joules = energy.static + energy.tensor + energy.shared + energy.l2 + energy.dram;
  const percent = (share: number): number => share * 100;
  return {
    'gpu__time_duration.sum': (run.cycles / hertz) * 1e9 + launch.kernels,
    'sm__cycles_elapsed.max': run.cycles,
    'sm__inst_executed.sum': run.instructions,
    'sm__inst_executed_pipe_tensor.sum': run.mmas,
    'l1tex__m_xbar2l1tex_read_bytes.sum': run.sectorsToL1 * sectorBytes,
    'l1tex__data_bank_conflicts_pipe_lsu.sum': run.bankConflicts,
    'lts__t_sectors_op_read.sum': run.l2.read,
    'lts__t_sectors_op_write.sum': run.l2.written,
    'lts__t_sector_hit_rate.pct': run.l2.read > 0 ? percent(run.l2.hit / run.l2.read) : 0,
    'dram__bytes_read.sum': run.dram.read,
    'dram__bytes_write.sum': run.dram.written,
    'sm__throughput.avg.pct_of_peak_sustained_elapsed': percent(run.utilisation.tensor),
    'l1tex__throughput.avg.pct_of_peak_sustained_elapsed': percent(run.utilisation.shared),
    'lts__throughput.avg.pct_of_peak_sustained_elapsed': percent(Math.max(run.utilisation.l2, run.utilisation.crossbar)),
    'dram__throughput.avg.pct_of_peak_sustained_elapsed': percent(run.utilisation.dram),
    'l1tex__data_pipe_lsu_wavefronts_mem_shared.sum': run.sharedWavefronts,
    'tvw.board_power': boardPower(gpu.power, workOf(run), hertz, gpu.clock.frequency),
    'tvw.energy': joules,
    'tvw.energy_static': energy.static,
    'tvw.energy_tensor': energy.tensor,
    'tvw.energy_shared': energy.shared,
    'tvw.energy_l2': energy.l2,
    'tvw.energy_dram': energy.dram,
    'tvw.energy_delay_product': joules * seconds,
    'tvw.sms': gpu.sm.gpcs.reduce((a, b) => a + b, 0),
    'tvw.l2_capacity': gpu.l2.capacity,
    'tvw.global_load_bytes': loaded,
    'tvw.activation_bytes': activation,
    'tvw.weight_bytes': weight,
    'tvw.metadata_bytes': metadata,
    'tvw.index_bytes': index + pointer,
    'tvw.scatter_index_bytes': scatter,
    'tvw.partial_bytes': partial,
    'tvw.global_load_bytes_dense': dense.activation + dense.weight,
    'tvw.activation_bytes_dense': dense.activation,
    'tvw.weight_bytes_dense': dense.weight,
    'tvw.load_skip_ratio': 1 - loaded / (dense.activation + dense.weight),
    'tvw.global_store_bytes': run.stored,
    'tvw.register_weight_bytes': registers.values + registers.metadata,
    'tvw.register_weight_bytes_dense': uncompressed,
    'tvw.register_compression_ratio': uncompressed > 0 ? uncompressed / (registers.values + registers.metadata) : 1,
    'tvw.mma_issued': run.mmas,
    'tvw.mma_dense_equivalent': denseMmas(job),
    'tvw.sparsity': 1 - job.kept / (gemm.k * gemm.n),
    'tvw.retained_importance': job.retained,
    'tvw.padding_ratio': run.macs > 0 ? 1 - useful / run.macs : 0,
    'tvw.tile_imbalance': (Math.max(...rows) * rows.length) / rows.reduce((a, b) => a + b, 0),
  };
}

/** How many k each packed weight stands for: 2 of 2:4. */
function perStored({trace}: Job): number {
  const mma = trace.launches[0]!.programs[0]!.ops.find((op) => op.op === 'MMA');
  return kPerStored(mma && vectorOf(mma));
}

/** What a run did, as far as it takes energy. */
export function workOf(run: Run): Work {
  return {
    cycles: run.cycles,
    macs: run.macsDone,
    sharedBytes: run.sharedWavefronts * lineBytes,
    l2Bytes: (run.l2.read + run.l2.written) * sectorBytes,
    dramBytes: run.dram.read + run.dram.written,
  };
}

/** MMAs of the same CTA tiles with every row and column there: those of the kernel, or m16n8k16 (on 16-bit values) in place of mma.sp. */
function denseMmas({gemm, kernel, trace}: Job): number {
  const [bm, bn, bk] = kernel.tile as [number, number, number];
  const multiplyAdds = Math.ceil(gemm.m / bm) * bm * Math.ceil(gemm.n / bn) * bn * Math.ceil(gemm.k / bk) * bk;
  const mma = trace.launches[0]!.programs[0]!.ops.find((op) => op.op === 'MMA');
  return multiplyAdds / macs(mma && !mma.sparse ? mmaShape(mma) : {m: 16, n: 8, k: 32 / trace.elementBytes});
}
