// One contestant in a process of its own, so that its garbage and its compiled code are its own.
// Asked for a sample, it makes codes for that many milliseconds and tells what they cost.
import { CONTESTANTS } from './contestants.js';

const generate = await CONTESTANTS[process.argv[2]].open();
// RFC 4226 Appendix D; what is wrong need not be timed.
for (const [counter, code] of ['755224', '287082', '359152'].entries()) {
  if (generate(counter) !== code) throw new Error(`${process.argv[2]}: wrong code for ${counter}`);
}

let counter = 0;
let characters = 0;

process.on('message', (sampleMilliseconds) => {
  const cpuBefore = process.cpuUsage();
  const end = performance.now() + sampleMilliseconds;
  let codes = 0;
  while (performance.now() < end) {
    for (let batch = 0; batch < 500; batch++) characters += generate(counter++ & 0x3fffffff).length;
    codes += 500;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  process.send({ codes, cpuMicroseconds: user + system, characters });
});
process.send('ready');
