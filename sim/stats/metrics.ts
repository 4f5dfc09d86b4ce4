/** Every metric of a result: Nsight Compute's name where it has one, `tvw.` for the project's own. */
export const metrics = {
  'gpu__time_duration.sum': {unit: 'ns', doc: 'time on the GPU, the gap between kernels left out'},
  'sm__cycles_elapsed.max': {unit: 'clk', doc: 'SM cycles from the first CTA to the last byte written'},
  'sm__inst_executed.sum': {unit: 'inst', doc: 'warp instructions issued'},
  'sm__inst_executed_pipe_tensor.sum': {unit: 'inst', doc: 'MMA and MMA.SP instructions issued'},
  'l1tex__m_xbar2l1tex_read_bytes.sum': {unit: 'B', doc: 'sectors that came to the SMs from L2'},
  'l1tex__data_bank_conflicts_pipe_lsu.sum': {unit: 'wavefronts', doc: 'shared-memory wavefronts beyond the fewest that could carry the bytes'},
  'lts__t_sectors_op_read.sum': {unit: 'sectors', doc: '32 B sectors that SMs asked of L2'},
  'lts__t_sectors_op_write.sum': {unit: 'sectors', doc: '32 B sectors that SMs wrote to L2'},
  'lts__t_sector_hit_rate.pct': {unit: '%', doc: 'sectors read that the slice of the SM’s own partition held or had on the way'},
  'dram__bytes_read.sum': {unit: 'B', doc: 'read from DRAM'},
  'dram__bytes_write.sum': {unit: 'B', doc: 'written to DRAM while the kernel ran'},
  'sm__throughput.avg.pct_of_peak_sustained_elapsed': {unit: '%', doc: 'of the tensor pipes’ peak'},
  'l1tex__throughput.avg.pct_of_peak_sustained_elapsed': {unit: '%', doc: 'of the shared-memory ports’ peak'},
  'lts__throughput.avg.pct_of_peak_sustained_elapsed': {unit: '%', doc: 'of the slices’ or of the crossbar ports’ peak, whichever is nearer'},
  'dram__throughput.avg.pct_of_peak_sustained_elapsed': {unit: '%', doc: 'of the DRAM pins’ peak'},
  'l1tex__data_pipe_lsu_wavefronts_mem_shared.sum': {unit: 'wavefronts', doc: 'of shared memory: fragments read, copies landed, results staged'},
  'tvw.board_power': {unit: 'W', doc: 'mean power of the board while the kernel runs, at the clock the limit allows'},
  'tvw.global_load_bytes': {unit: 'B', doc: 'activations, weights, metadata and row index that the lanes of loads and copies asked for'},
  'tvw.activation_bytes': {unit: 'B', doc: 'the activations among them'},
  'tvw.weight_bytes': {unit: 'B', doc: 'the weight values among them'},
  'tvw.metadata_bytes': {unit: 'B', doc: 'the 2:4 metadata among them'},
  'tvw.index_bytes': {unit: 'B', doc: 'the numbers of kept rows among them'},
  'tvw.scatter_index_bytes': {unit: 'B', doc: 'the numbers of kept columns, which steer the stores and count for themselves'},
  'tvw.partial_bytes': {unit: 'B', doc: 'partial sums that split-K’s second kernel read'},
  'tvw.global_load_bytes_dense': {unit: 'B', doc: 'what the same kernel asks for with dense weights'},
  'tvw.activation_bytes_dense': {unit: 'B', doc: 'the activations among them'},
  'tvw.weight_bytes_dense': {unit: 'B', doc: 'the weights among them'},
  'tvw.load_skip_ratio': {unit: '', doc: '1 − loaded/dense: the share of global loads never made'},
  'tvw.global_store_bytes': {unit: 'B', doc: 'results and partial sums written'},
  'tvw.register_weight_bytes': {unit: 'B', doc: 'weight operand registers filled, values and metadata'},
  'tvw.register_weight_bytes_dense': {unit: 'B', doc: 'what the same condensed tiles fill without 2:4'},
  'tvw.register_compression_ratio': {unit: '×', doc: 'dense/packed of the two above'},
  'tvw.mma_issued': {unit: 'inst', doc: 'MMA and MMA.SP instructions issued'},
  'tvw.mma_dense_equivalent': {unit: 'inst', doc: 'MMAs that the same kernel issues with dense weights'},
  'tvw.sparsity': {unit: '', doc: 'share of the weights that is pruned'},
  'tvw.padding_ratio': {unit: '', doc: 'share of the multiply-adds issued that only fill up tiles'},
  'tvw.tile_imbalance': {unit: '×', doc: 'largest K_t over mean K_t'},
  'tvw.time_relative_error_95': {
    unit: '',
    doc: 'of a sampled result: half width of the interval its time lies in with 95 %, as a share; 0: all was played',
  },
} as const satisfies Readonly<Record<string, {readonly unit: string; readonly doc: string}>>;

export type Metric = keyof typeof metrics;

/** What only a sampled result has. */
export type SampledMetric = 'tvw.time_relative_error_95';
