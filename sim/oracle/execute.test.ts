import test from 'ava';
import fc from 'fast-check';
import {unpack} from '../packing/unpack.ts';
import {eachLoad} from '../trace/accesses.ts';
import {anyChoice, anyHypothetical, made, twoByTwo, type Choice, type Made} from '../trace/given.ts';
import {layMemory} from '../trace/memory.ts';
import type {Op} from '../trace/op.ts';
import type {Program, Trace} from '../trace/trace.ts';
import {execute} from './execute.ts';
import {referenceGemm} from './reference-gemm.ts';

/** The product of the activations and what was kept of the weights. */
const expected = ({gemm, packed, contents, a}: Made) => referenceGemm(gemm, a, unpack(packed, contents));
/** How many elements differ; NaN differs from everything. */
function differences(got: Float64Array | Int32Array, wanted: Float64Array | Int32Array): number {
  let count = Math.abs(got.length - wanted.length);
  for (let i = 0; i < got.length; i++) if (got[i] !== wanted[i]) count++;
  return count;
}
const tvw = {type: 'tvw', values: {sparsity: 0.75, granularity: 64}};
const tw = {type: 'tw', values: {sparsity: 0.5, granularity: 64, columns: 'pruned'}};

test('whatever the shape, type, pattern and kernel, the operations of the trace give the product of the unpacked matrices', (t) => {
  fc.assert(
    fc.property(fc.oneof(anyChoice(300), anyChoice(90)), (choice) => {
      const given = made(choice);
      t.is(differences(execute(given, given.trace), expected(given)), 0);
    }),
    {numRuns: 70},
  );
});

test('so they do on tensor cores of any n:m, and where the copy engine gathers without an index', (t) => {
  fc.assert(
    fc.property(anyHypothetical(300), (choice) => {
      const given = made(choice);
      t.is(differences(execute(given, given.trace), expected(given)), 0);
    }),
    {numRuns: 60},
  );
});

test('a position read one bit too far gives a wrong product', (t) => {
  const given = made({k: 256, pattern: {type: 'vw', values: {n: 2, m: 8}}, packed: ['2:8'], kernel: {...twoByTwo, tile: [64, 128, 128]}});
  const late = changed(given, (op) => [op.op === 'MMA' ? {...op, shift: (op.shift ?? 0) + 1} : op]);
  t.is(differences(execute(given, given.trace), expected(given)), 0);
  t.not(differences(execute(given, late), expected(given)), 0);
});

for (const [type, elementBytes, pattern] of [
  ['int8', 1, {type: 'dense', values: {}}],
  ['int8 2:4', 1, {type: 'vw', values: {n: 2, m: 4}}],
  ['tf32', 4, {type: 'dense', values: {}}],
] as const) {
  test(`the operations on ${type} give the product, with K contiguous and with split-K`, (t) => {
    for (const splitK of [1, 3]) {
      const kernel = {...twoByTwo, tile: [64, 128, 128 / elementBytes], splitK};
      const given = made({m: 100, n: 200, k: 777, pattern, elementBytes, activations: 'k-contiguous', kernel});
      t.is(differences(execute(given, given.trace), expected(given)), 0);
    }
  });
}

test('results of int8 are int32: four bytes each are stored', (t) => {
  const given = made({m: 64, n: 64, k: 128, elementBytes: 1, activations: 'k-contiguous', kernel: {...twoByTwo, tile: [64, 64, 128]}});
  const {outputPitch, outputRows} = memoryOf(given);
  t.is(outputPitch * outputRows, 4 * 64 * 64);
});

test('two metadata words a weight, one for every 32 k, go into an mma.sp on int8', (t) => {
  const given = made({
    pattern: {type: 'vw', values: {n: 2, m: 4}},
    elementBytes: 1,
    activations: 'k-contiguous',
    k: 256,
    kernel: {...twoByTwo, tile: [64, 64, 128]},
  });
  const ops = given.trace.launches[0]!.programs[0]!.ops;
  const mmas = ops.filter((op) => op.op === 'MMA');
  t.deepEqual([...new Set(mmas.map(({k, sparse}) => `${k} ${sparse}`))], ['64 true']);
  const swapped = changed(given, (op) => [op.op === 'LDS' ? {...op, to: op.to ^ 1} : op]);
  t.not(differences(execute(given, swapped), expected(given)), 0);
});

test('tiles wider than one copy of a warp, or no power of two, multiply as well', (t) => {
  const tiles: readonly [readonly number[], readonly number[]][] = [
    [
      [480, 64, 64],
      [3, 1],
    ],
    [
      [256, 64, 64],
      [4, 1],
    ],
    [
      [48, 192, 64],
      [3, 2],
    ],
    [
      [32, 256, 128],
      [1, 4],
    ],
    [
      [16, 32, 192],
      [1, 1],
    ],
  ];
  for (const pattern of [tw, tvw]) {
    for (const [tile, warps] of tiles) {
      const given = made({m: 200, n: 100, k: 210, pattern, kernel: {...twoByTwo, tile, warps}});
      t.is(differences(execute(given, given.trace), expected(given)), 0, tile.join(' × '));
    }
  }
});

test('vectors of 2, 4 and 8 neighbouring weights fill a part of a tile of 16 columns, and multiply as well', (t) => {
  for (const granularity of [2, 4, 8]) {
    for (const columns of ['kept', 'pruned']) {
      const kernel = {...twoByTwo, tile: [64, 16, 32], warps: [2, 1]};
      const given = made({m: 100, n: 45, k: 130, pattern: {type: 'tw', values: {sparsity: 0.75, granularity, columns}}, kernel});
      t.is(differences(execute(given, given.trace), expected(given)), 0);
    }
  }
});

test('a single kept weight is multiplied, and nothing else is', (t) => {
  const given = made({m: 3, n: 200, k: 100, pattern: {type: 'tw', values: {sparsity: 0.99999, granularity: 128}}});
  const c = execute(given, given.trace);
  t.is(differences(c, expected(given)), 0);
  t.is(c.filter((value) => value !== 0).length, 3);
});

test('nothing pruned is ever loaded, and every kept weight is loaded exactly once by each CTA that uses it', (t) => {
  fc.assert(
    fc.property(fc.oneof(anyChoice(300), anyHypothetical(200)), (choice) => {
      const given = made(choice);
      t.is(differences(timesLoaded(given), timesNeeded(given)), 0);
      t.true(noneTwice(given));
    }),
    {numRuns: 60},
  );
});

/** The number of a block, or of a place along every row, which each warp that needs it loads for itself. */
const sharedEntry = ({packed, activations}: Made, operand: string): boolean =>
  (operand === 'index' && packed.index.rows > 1) || (operand === 'scatter' && activations === 'k-contiguous');

/** How often the main kernel loads each byte of global memory. */
function timesLoaded(given: Made): Int32Array {
  const times = new Int32Array(memoryOf(given).bytes);
  eachLoad(given.trace, ({launch, operand}, address, bytes) => {
    if (launch !== given.trace.launches[0] || sharedEntry(given, operand)) return;
    for (let byte = 0; byte < bytes; byte++) times[address + byte]!++;
  });
  return times;
}

/** How often the kept weights need them: once for every block of tokens, and of columns, that they are multiplied for. */
function timesNeeded(given: Made): Int32Array {
  const {gemm, mask, packed, kernel, indexFree} = given;
  const {regions, activationPitch, byColumn, bytes} = memoryOf(given);
  const e = packed.elementBytes;
  const times = new Int32Array(bytes);
  const need = (address: number, length: number, often: number): void => {
    for (let byte = 0; byte < length; byte++) times[address + byte]! += often;
  };
  const tokenBlocks = Math.ceil(gemm.m / kernel.tile[0]!);
  let rowsBefore = 0;
  let columnsBefore = 0;
  packed.tiles.forEach((tile, t) => {
    const {rows, columns} = mask.tiles[t]!;
    const columnBlocks = Math.ceil(columns.length / kernel.tile[1]!);
    columns.forEach((_, j) => {
      need(regions.weight + tile.valueOffset + j * tile.valuePitch, e * tile.stored, tokenBlocks);
      // Positions take ⌈log₂ m⌉ bits a stored value, word by word.
      const words = mask.vector ? Math.ceil((tile.stored * Math.ceil(Math.log2(mask.vector.m))) / 32) : 0;
      for (let word = 0; word < words; word++) need(regions.metadata + tile.metadataOffset + word * tile.metadataPitch + 4 * j, 4, tokenBlocks);
    });
    (byColumn ? rows : tile.rows).forEach((k) => {
      for (let m = 0; m < gemm.m; m++)
        need(regions.activation + (byColumn ? k * activationPitch + e * m : m * activationPitch + e * k), e, columnBlocks);
    });
    if (packed.index.rows === 1 && !indexFree) need(regions.index + 4 * rowsBefore, 4 * rows.length, tokenBlocks * columnBlocks);
    if (packed.index.columns && byColumn) need(regions.scatter + 4 * columnsBefore, 4 * columns.length, tokenBlocks * kernel.splitK);
    rowsBefore += rows.length;
    columnsBefore += columns.length;
  });
  return times;
}

/** No CTA loads a byte twice. */
function noneTwice(given: Made): boolean {
  const [main] = given.trace.launches;
  const lastCta = new Int32Array(memoryOf(given).bytes).fill(-1);
  let none = true;
  eachLoad(given.trace, ({launch, cta, operand}, address, bytes) => {
    if (launch !== main || sharedEntry(given, operand)) return;
    for (let byte = address; byte < address + bytes; byte++) {
      if (lastCta[byte] === cta) none = false;
      lastCta[byte] = cta;
    }
  });
  return none;
}

const memoryOf = ({gemm, packed, kernel, activations}: Made) => layMemory(gemm, packed, kernel, activations);

/** Every operation of the main kernel goes through `change`, which may drop it. */
function changed({trace}: Made, change: (op: Op, pc: number, program: Program) => readonly Op[]): Trace {
  const [main, ...rest] = trace.launches;
  const programs = main!.programs.map((program): Program => {
    const ops = program.ops.map((op, pc) => change(op, pc, program));
    const lengthOf = (end: number) => ops.slice(0, end).flat().length;
    return {ops: ops.flat(), body: lengthOf(program.body), epilogue: lengthOf(program.epilogue)};
  });
  return {...trace, launches: [{...main!, programs}, ...rest]};
}

type Fault = readonly [title: string, message: RegExp, change: (op: Op, pc: number, program: Program) => readonly Op[], choice?: Partial<Choice>];

const faults: readonly Fault[] = [
  [
    'that waits for one copy group too few',
    /before what warp \d+ writes there can be seen/,
    (op) => [op.op === 'DEPBAR' ? {...op, groups: op.groups + 1} : op],
  ],
  [
    'without the barrier of its loop',
    /can be seen|may still have to read/,
    (op, pc, {body, epilogue}) => (op.op === 'BAR' && pc >= body && pc < epilogue ? [] : [op]),
  ],
  ['without the barrier before its loop', /can be seen/, (op, pc, {body}) => (op.op === 'BAR' && pc < body ? [] : [op])],
  [
    'without the barrier that ends its loop',
    /may still have to read|other data|can be seen/,
    (op, pc, {epilogue, ops}) => (op.op === 'BAR' && pc >= epilogue && ops[pc - 1]!.op === 'STS' ? [] : [op]),
  ],
  [
    'that copies a K tile too far ahead',
    /may still have to read|other data|may come later/,
    (op, pc, {body}) => [op.op === 'LDGSTS' && pc >= body ? {...op, ahead: op.ahead + 1} : op],
  ],
  ['whose MMAs do not wait for their fragments', /without waiting for it/, (op) => [op.op === 'MMA' ? {...op, wait: 0} : op]],
  [
    'that gathers before its index has come',
    /row number \d+ without waiting for it/,
    (op) => [op.op === 'ALU' ? {...op, wait: 0} : op],
    {pattern: tw},
  ],
  ['that gathers without an index', /row number \d+, which was never loaded/, (op) => (op.op === 'LDG' ? [] : [op]), {pattern: tw}],
  [
    'that scatters before its index has come',
    /column number \d+ without waiting for it/,
    (op) => [op.op === 'STG' ? {...op, wait: 1 << 4} : op],
    {pattern: tw},
  ],
  ['that writes C before it is read back', /a block of C/, (op) => (op.op === 'STS' && op.load ? [] : [op])],
];

for (const [title, message, change, choice] of faults) {
  test(`a kernel ${title} is found out`, (t) => {
    const given = made({m: 130, n: 130, k: 600, ...choice});
    t.notThrows(() => execute(given, given.trace));
    t.throws(() => execute(given, changed(given, change)), {message});
  });
}

test('a fault names kernel, CTA, warp and operation', (t) => {
  const given = made({k: 256});
  const faulty = changed(given, (op) => (op.op === 'DEPBAR' ? [] : [op]));
  t.throws(() => execute(given, faulty), {message: /^multistage_gemm_128x128x64_3st, CTA 0, warp 0, LDSM at \d+ in K tile 0: reads shared memory/});
});

test('a matrix read from the wrong place gives a wrong product', (t) => {
  const given = made({k: 64, pattern: {type: 'vw', values: {n: 2, m: 4}}});
  const swapped = changed(given, (op) => [op.op === 'MMA' ? {...op, half: 1 - op.half} : op]);
  t.not(differences(execute(given, swapped), expected(given)), 0);
});
