import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { busContract } from '@lakeus/engine/testing';
import type { Bus } from '@lakeus/engine';
import { afterAll, afterEach, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { redisBus } from './index.ts';

const patient = { timeout: 20_000, interval: 10 };
const installed = spawnSync('redis-server', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, failed) => {
    child.once('close', (code) => failed(new Error(`redis-server ended with ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) ready();
    });
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((over) => child.once('close', over));
  child.kill('SIGKILL');
  await ended;
}

if (!installed) {
  console.warn('!! redis-server is not installed: the bus over Redis was NOT tested.');
  test.skip('the bus over Redis: NOT TESTED, because redis-server is not installed', () => undefined);
} else {
  describe('over a Redis of our own', () => {
    let port: number;
    let redis: ChildProcess;
    let buses: Bus[] = [];
    beforeAll(async () => {
      port = await freePort();
      redis = await startRedis(port);
    });
    afterEach(async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      buses = [];
    });
    afterAll(() => kill(redis));

    const opened = (): Bus => {
      const bus = redisBus(`redis://127.0.0.1:${port}`);
      buses.push(bus);
      return bus;
    };
    const hearing = async (bus: Bus, topic: string): Promise<(Uint8Array | null)[]> => {
      const heard: (Uint8Array | null)[] = [];
      bus.listen(topic, (message) => heard.push(message));
      await vi.waitFor(() => expect(heard).toEqual([null]), patient);
      heard.length = 0;
      return heard;
    };

    busContract('a bus over Redis', async () => {
      const [here, there] = [opened(), opened()];
      return { here, there, close: async () => undefined };
    });

    it('after Redis was killed and came back, a gap is told and everything is heard again', async () => {
      const [here, there] = [opened(), opened()];
      const heard = await hearing(there, 'case:a');
      await hearing(there, 'case:b');
      let gaps = 0;
      there.onGap(() => (gaps += 1));
      await kill(redis);
      here.announce('case:a', Buffer.from('while it is away'));
      redis = await startRedis(port);
      await vi.waitFor(() => expect(gaps).toBeGreaterThan(0), patient);
      await vi.waitFor(() => {
        here.announce('case:a', Buffer.from('word'));
        expect(heard).toContainEqual(Buffer.from('word'));
      }, patient);
    });

    it('a process that begins while Redis is away is told null when it hears', async () => {
      await kill(redis);
      const there = opened();
      const heard: (Uint8Array | null)[] = [];
      there.listen('case:a', (message) => heard.push(message));
      redis = await startRedis(port);
      await vi.waitFor(() => expect(heard).toEqual([null]), patient);
    });
  });
}
