import type { Actor, Person } from '@lakeus/engine';
import type { Locale } from '#lib/i18n.ts';
import type { Lakeus } from '#lib/server/compose.ts';

declare global {
  namespace App {
    interface Locals {
      lakeus: Lakeus;
      locale: Locale;
      person: Person | null;
      /** a session that was over when this request came; what was typed under it is shown again */
      sessionEnded: boolean;
      typed?: Readonly<Record<string, string>>;
      /** who acts in a case: the signed-in person, or the guest with the card they hold for it */
      actorIn(caseId: string): Promise<Actor>;
    }
    interface Error {
      status: number;
      message: string;
      id?: string;
      requestId?: string;
    }
    interface PageData {
      locale: Locale;
    }
  }
}

export {};
