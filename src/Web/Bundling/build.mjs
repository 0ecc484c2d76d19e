// Makes what browsers get of src/Web: scripts, one style sheet, icons. Usage: node build.mjs OUT
// Everything is named by the hash of its content, so that a browser may keep it for ever; manifest.json says which is which.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { PurgeCSS } from 'purgecss';

const out = process.argv[2];
const bundling = fileURLToPath(new URL('.', import.meta.url));
const room = join(bundling, '..');
const packages = join(bundling, 'node_modules');

const shared = {
  absWorkingDir: room, bundle: true, minify: true, write: false, nodePaths: [packages], target: 'es2022',
  outdir: out, metafile: true, legalComments: 'none', charset: 'utf8', logLevel: 'warning',
};

const modules = await build({
  ...shared, entryPoints: { app: 'Scripts/app.js' }, format: 'esm', splitting: true,
  entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]',
});
const look = await build({ ...shared, entryPoints: { look: 'Look/look.css' }, target: 'esnext', entryNames: '[name]' });

const files = new Map();
const manifest = {};
for (const file of modules.outputFiles) {
  files.set(basename(file.path), Buffer.from(file.contents));
}
for (const [path, { entryPoint }] of Object.entries(modules.metafile.outputs)) {
  if (entryPoint?.startsWith('Scripts/')) {
    manifest[basename(entryPoint)] = basename(path);
  }
}

// Tabler styles a thousand things; a page of ours uses a few dozen. What no page, script or class names is left out.
const [purged] = await new PurgeCSS().purge({
  content: [join(room, '**/*.razor'), join(room, '**/*.cs'), join(room, 'Scripts/*.js')],
  skippedContentGlobs: [join(packages, '**'), join(room, '{bin,obj}/**')],
  css: [{ raw: Buffer.from(look.outputFiles[0].contents).toString('utf8') }],
  safelist: { standard: ['htmx-request', 'htmx-swapping'], greedy: [/data-/, /live-part/, /trend-chart/] },
  variables: false,
});
const smaller = await build({ ...shared, stdin: { contents: purged.css, loader: 'css' }, target: 'esnext', bundle: false });
const css = Buffer.from(smaller.outputFiles[0].contents);
manifest['look.css'] = `look-${createHash('sha256').update(css).digest('hex').slice(0, 8)}.css`;
files.set(manifest['look.css'], css);

const names = readFileSync(join(room, 'Look/icons.txt'), 'utf8').split('\n').map(l => l.trim()).filter(l => l && !l.startsWith('#'));
const icons = {};
for (const name of names) {
  const [folder, file] = name.startsWith('filled/') ? ['filled', name.slice(7)] : ['outline', name];
  const svg = readFileSync(join(packages, '@tabler/icons/icons', folder, `${file}.svg`), 'utf8');
  icons[name] = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '').replace(/\s*<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, '')
    .replace(/\s+/g, ' ').replace(/> </g, '><').trim();
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, bytes] of files) {
  writeFileSync(join(out, name), bytes);
  if (['.js', '.css'].includes(extname(name))) {
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
}
for (const name of readdirSync(join(room, 'Look/Images'))) {
  writeFileSync(join(out, name), readFileSync(join(room, 'Look/Images', name)));
}
writeFileSync(join(out, 'icons.json'), JSON.stringify(icons));

// Last: the build takes it as the sign that all is there.
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest));
