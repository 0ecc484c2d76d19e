// Writes src/Fhir/Text/folding.txt: what each character is when case, accents, width and other compatibility forms do not
// count. Needed because .NET's string.Normalize does nothing when InvariantGlobalization is on.
// Run `node tools/npm/folding.mjs`. The data is the Unicode Character Database as this Node.js carries it.
import { writeFileSync } from 'node:fs';

const target = new URL('../../src/Fhir/Text/folding.txt', import.meta.url);

// Letters that Unicode does not decompose, written as they are commonly typed.
const further = { ø: 'o', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', þ: 'th', ı: 'i', ß: 'ss', ς: 'σ', ŧ: 't', ŋ: 'n' };

const plain = text => {
  const bare = text.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase().normalize('NFKD').replace(/\p{Mn}/gu, '');
  return [...bare].map(c => further[c] ?? c).join('').normalize('NFC');
};

const sources = new Map();
let count = 0;
for (let code = 0x80; code <= 0x2ffff; code++) {
  // Hangul syllables are letters in their own right; surrogates and private characters are nobody's.
  if ((code >= 0xac00 && code <= 0xd7a3) || (code >= 0xd800 && code <= 0xf8ff)) continue;
  const character = String.fromCodePoint(code);
  if (/[\p{Mn}\p{White_Space}\p{Cn}]/u.test(character)) continue;
  const folded = plain(character);
  if (folded === character || folded.trim() === '') continue;
  sources.set(folded, (sources.get(folded) ?? '') + character);
  count++;
}

const lines = [
  `# Folded form, tab, the characters that fold to it; written by tools/npm/folding.mjs from Unicode ${process.versions.unicode} (Unicode licence v3, see NOTICE.md).`,
  ...[...sources.keys()].sort().map(f => `${f}\t${sources.get(f)}`),
];
writeFileSync(target, lines.join('\n') + '\n');
console.log(`${count} characters fold to ${sources.size} forms`);
