import test from 'ava';
import {experiment, read} from './config/given.ts';
import {energyOf} from './energy.ts';
import {boardPower} from './gpu/power.ts';
import {simulate} from './simulate.ts';

const [point] = read({'e.yaml': experiment({fidelity: 'bound'})}).points;
const gpu = point!.gpu.values;
const boost = gpu.clock.frequency;
const work = {cycles: 1e6, macs: 1e12, sharedBytes: 1e9, l2Bytes: 1e9, dramBytes: 1e9};
const sum = (parts: object) => Object.values(parts).reduce((a: number, b: number) => a + b, 0);
const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;

test('an energy is its events’ energies, and the constant power over the time', (t) => {
  const energy = energyOf(gpu, work, boost, 1e-3);
  // Antepara, SC 2025: 12.7 pJ a byte of shared memory, 105 of HBM; 2402.13499: 0.365 pJ a flop.
  t.true(near(energy.dram, 0.105) && near(energy.shared, 0.0127) && near(energy.tensor, 0.73) && near(energy.static, 0.06), JSON.stringify(energy));
});

test('at any clock the parts add up to the board’s power over the time', (t) => {
  for (const hertz of [boost, 0.7 * boost]) {
    const seconds = work.cycles / hertz;
    t.true(near(sum(energyOf(gpu, work, hertz, seconds)), boardPower(gpu.power, work, hertz, boost) * seconds));
  }
});

test('a lower clock saves the chip’s energy, not the DRAM’s', (t) => {
  const [fast, slow] = [energyOf(gpu, work, boost, 1), energyOf(gpu, work, 0.7 * boost, 1)];
  t.true(slow.tensor < 0.8 * fast.tensor);
  t.is(slow.dram, fast.dram);
});

test('a result says its energy, the parts of it, and energy times delay', (t) => {
  const {metrics, time_us} = simulate(point!);
  const parts = ['static', 'tensor', 'shared', 'l2', 'dram'].map((part) => metrics[`tvw.energy_${part}`]!);
  t.true(near(sum(parts), metrics['tvw.energy']!));
  t.true(near(metrics['tvw.energy']! * time_us * 1e-6, metrics['tvw.energy_delay_product']!));
  t.true(near(metrics['tvw.energy_static']!, 60 * time_us * 1e-6));
});
