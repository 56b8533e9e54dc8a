import type { RoleId } from '@lakeus/engine';

/** The people of the demonstration, one of each role. Invented. */
export const demoPeople: readonly {
  readonly id: string;
  readonly role: RoleId;
  readonly name: string;
  readonly title: string | null;
}[] = [
  {
    id: '0de00000-0000-4000-8000-000000000001',
    role: 'participant',
    name: 'Aino Rintala',
    title: 'omaishoitaja',
  },
  {
    id: '0de00000-0000-4000-8000-000000000002',
    role: 'expert',
    name: 'Veikko Hautala',
    title: 'kokemusasiantuntija',
  },
  { id: '0de00000-0000-4000-8000-000000000003', role: 'agent', name: 'Marita Kangas', title: 'Innoagentti' },
  {
    id: '0de00000-0000-4000-8000-000000000004',
    role: 'facilitator',
    name: 'Sanna Ylitalo',
    title: 'kehittämissuunnittelija',
  },
  {
    id: '0de00000-0000-4000-8000-000000000005',
    role: 'decider',
    name: 'Heikki Luoma',
    title: 'palvelujohtaja',
  },
  {
    id: '0de00000-0000-4000-8000-000000000006',
    role: 'coordinator',
    name: 'Päivi Norrgård',
    title: 'osallisuuskoordinaattori',
  },
  { id: '0de00000-0000-4000-8000-000000000007', role: 'admin', name: 'Jarmo Viita', title: 'ylläpitäjä' },
];

export const personOf = (role: RoleId): string => demoPeople.find((person) => person.role === role)!.id;
