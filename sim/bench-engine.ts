import {Engine} from './engine/engine.ts';
for (const pending of [1000, 65536])
  for (let r = 0; r < 3; r++) {
    const e = new Engine();
    let left = 5e6;
    let x = 1;
    const k = e.kind((a) => {
      if (left-- > 0) {
        x = (x * 1103515245 + 12345) & 0x7fffffff;
        e.at(e.now + 1 + (x & 1023), k, a);
      }
    });
    for (let i = 0; i < pending; i++) e.at(i & 1023, k, i);
    const t = performance.now();
    e.run();
    console.log(pending, e.handled / (performance.now() - t) / 1e3, 'M/s');
  }
