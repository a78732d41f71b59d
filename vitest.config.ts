import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{cli,services,shared,tools,test}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is awaited may take long on a busy machine; the default gives up after a second.
    expect: { poll: { timeout: 10_000 } },
    // Real brokers, archives and browsers are started by tests: two at a time is what two cores carry.
    maxWorkers: 2,
    server: { deps: { external: [/onnxruntime-node/] } },
  },
});
