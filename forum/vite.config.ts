import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { policy } from './src/lib/policy.ts';

/** In development the same composition stands behind the pages as in production; see server.ts. */
function lakeus(): Plugin {
  return {
    name: 'lakeus',
    apply: 'serve',
    async configureServer(server) {
      if (process.env.VITEST) return;
      const { readConfig } = await import('./src/lib/server/config.ts');
      const { compose } = await import('./src/lib/server/compose.ts');
      const composed = await compose(readConfig(process.env));
      const { layOutDemo } = await import('./src/lib/server/demo/index.ts');
      if (composed.demo) await layOutDemo(composed);
      composed.startWorker();
      server.httpServer?.once('close', () => void composed.close());
    },
  };
}

export default defineConfig({
  plugins: [
    lakeus(),
    sveltekit({
      adapter: adapter({ precompress: true }),
      paths: { relative: false },
      csp: { mode: 'nonce', directives: structuredClone(policy) },
    }),
  ],
  ssr: { external: ['@lakeus/engine', '@lakeus/workflows'] },
  environments: { ssr: { build: { rolldownOptions: { external: [/^@lakeus\//] } } } },
});
