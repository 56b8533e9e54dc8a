import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
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
      const { livePages } = await import('./src/lib/server/live.ts');
      const live = livePages(composed);
      server.middlewares.use((request, response, next) => {
        if (live.takes(request)) void live.answer(request, response);
        else next();
      });
      server.httpServer?.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        // Other sockets are the development server's own.
        if (composed.collaboration.serves(request.url ?? '')) {
          composed.collaboration.upgrade(request, socket, head);
        }
      });
      server.httpServer?.once('close', () => {
        live.close();
        void composed.close();
      });
    },
  };
}

/** SvelteKit hides the place where it announces pages by a style in the markup, which our policy forbids; document.css
 * hides it instead. */
function withoutInlineStyle(): Plugin {
  return {
    name: 'lakeus-without-inline-style',
    enforce: 'pre',
    transform: {
      filter: { id: /@sveltejs\/kit\/src\/runtime\/components\/root\.svelte$/ },
      handler: (code) => code.replace(/(id="svelte-announcer"[^>]*?)\s+style="[^"]*"/, '$1'),
    },
  };
}

export default defineConfig({
  plugins: [
    lakeus(),
    withoutInlineStyle(),
    sveltekit({
      adapter: adapter({ precompress: true }),
      paths: { relative: false },
      csp: { mode: 'nonce', directives: policy },
    }),
  ],
  ssr: { external: ['@lakeus/engine', '@lakeus/workflows'] },
  environments: { ssr: { build: { rolldownOptions: { external: [/^@lakeus\//] } } } },
});
