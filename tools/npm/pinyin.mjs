// Writes src/Fhir/Chinese/readings.txt: the readings of Chinese characters and surnames, from npm pinyin-pro (MIT).
// Run `node tools/npm/pinyin.mjs` after `npm ci` in tools/npm. The same package gives the same bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { pinyin } from 'pinyin-pro';
import surnames from 'pinyin-pro/dist/esm/data/surname.mjs';

const version = JSON.parse(readFileSync(new URL('node_modules/pinyin-pro/package.json', import.meta.url))).version;
const target = new URL('../../src/Fhir/Chinese/readings.txt', import.meta.url);

// Surname readings that families use and the package does not give; the first of a surname is the likelier one.
const furtherSurnames = {
  种: ['chong'], 黑: ['he', 'hei'], 祭: ['zhai', 'ji'], 秘: ['bi', 'mi'], 佴: ['nai'],
  覃: ['qin', 'tan'], 翟: ['zhai', 'di'], 盖: ['ge', 'gai'], 乐: ['yue', 'le'], 隗: ['wei', 'kui'],
  缪: ['miao', 'mou'], 牟: ['mou', 'mu'], 郇: ['xun', 'huan'], 郗: ['xi', 'chi'], 谌: ['chen', 'shen'],
  洗: ['xian', 'xi'], 晟: ['cheng'], 柏: ['bai', 'bo'], 宿: ['su'], 哈: ['ha'], 纪: ['ji'], 召: ['shao', 'zhao'],
  单于: ['chan yu'], 能: ['nai', 'neng'], 员: ['yun', 'yuan'], 要: ['yao'], 车: ['che'], 厍: ['she'], 仉: ['zhang'], 於: ['yu'],
};

const bare = syllable => syllable.normalize('NFD').replace(/u\u0308/g, 'v').replace(/\p{M}/gu, '').normalize('NFC');

const single = new Map();
const several = [];
for (const [first, last] of [[0x3007, 0x3007], [0x3400, 0x4dbf], [0x4e00, 0x9fff], [0x20000, 0x323af]]) {
  for (let code = first; code <= last; code++) {
    const character = String.fromCodePoint(code);
    const readings = [...new Set(pinyin(character, { multiple: true, type: 'array' }).map(bare))].filter(r => /^[a-z]+$/.test(r));
    if (readings.length === 1) {
      single.set(readings[0], (single.get(readings[0]) ?? '') + character);
    } else if (readings.length > 1) {
      several.push(`${character} ${readings.join(' ')}`);
    }
  }
}

const surnameLines = [];
const names = new Set([...Object.keys(surnames), ...Object.keys(furtherSurnames)]);
for (const name of [...names].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
  const readings = furtherSurnames[name] ?? [bare(surnames[name])];
  surnameLines.push(...readings.map(r => `${name} ${r}`));
}

const lines = [
  `# Readings of Chinese characters without tones, v for u-umlaut; written by tools/npm/pinyin.mjs from pinyin-pro ${version} (MIT, see NOTICE.md).`,
  '[one]', ...[...single.keys()].sort().map(r => `${r} ${single.get(r)}`),
  '[several]', ...several,
  '[surname]', ...surnameLines,
];
writeFileSync(target, lines.join('\n') + '\n');
console.log(`${single.size} syllables, ${several.length} characters of several readings, ${surnameLines.length} surname readings`);
