import type { Told } from '../support/case-work.ts';
import {
  account,
  agreeOnDates,
  answer,
  briefLink,
  caseOf,
  dayAhead,
  describe,
  holdWorkshop,
  name,
  printCards,
  propose,
  record,
  takeOnward,
  toDo,
} from '../support/case-work.ts';
import { expect, test } from '../support/story.ts';

/** One case from a need to its answers, by clicking alone, in each language that a browser may ask for. */

type Tale = {
  readonly locale: string;
  readonly raised: { readonly title: string; readonly need: string };
  readonly told: Told;
  readonly paper: string;
  readonly online: string;
  readonly reply: string;
  readonly other: string;
  readonly statement: string;
  readonly summary: string;
  readonly proposals: readonly [title: string, body: string][];
  readonly leftOut: string;
  readonly answers: readonly [reason: string, nextStep: string][];
};

const tales: readonly Tale[] = [
  {
    locale: 'fi-FI',
    raised: {
      title: 'Kotihoidon ilta, joka ei veny yöhön',
      need: 'Iltakäynti tulee milloin sattuu. Äiti valvoo ja odottaa.',
    },
    told: {
      theme: 'Iltakäyntien ajat',
      concerns: 'Kotihoidon asiakkaat ja heidän läheisensä',
      service: 'Kotihoito',
      question: 'Milloin iltakäynti on hyvään aikaan?',
      canInfluence: 'Käyntien järjestys ja siitä kertominen',
      cannotInfluence: 'Kotihoidon maksut',
      workshopTheme: 'Hyvä ilta kotona',
      workshopPlace: 'Alajärven kirjasto ja etäyhteys',
    },
    paper: 'Iltalääke tulee joskus vasta yhdeltätoista.',
    online: 'Meillä auttoi, kun hoitaja soitti lähtiessään.',
    reply: 'Soitto auttaisi meitäkin.',
    other: 'Kotihoidon autot voisivat olla sinisiä.',
    statement: 'Hoitajan pitää soittaa ennen tuloaan.',
    summary: 'Iltakäynnin aika on tärkein asia. Siitä halutaan tieto etukäteen.',
    proposals: [
      ['Iltakäynnille sovitaan tunti', 'Käynti osuu sovittuun tuntiin, tai siitä kerrotaan.'],
      ['Hoitaja soittaa lähtiessään', 'Soitto kestää puoli minuuttia ja säästää odotuksen.'],
    ],
    leftOut: 'Autojen väristä päätetään muualla.',
    answers: [
      ['Reitit voidaan suunnitella niin.', 'Reitit uusitaan kahdessa tiimissä'],
      ['Soitamme niille, jotka sitä toivovat.', 'Toive kysytään jokaiselta'],
    ],
  },
  {
    locale: 'sv-FI',
    raised: {
      title: 'Dagvården som passar den som arbetar',
      need: 'Dagverksamheten slutar klockan två. Jag arbetar till fyra.',
    },
    told: {
      theme: 'Dagverksamhetens tider',
      concerns: 'Närståendevårdare i arbetslivet',
      service: 'Dagverksamhet för äldre',
      question: 'Vilka tider skulle passa er vardag?',
      canInfluence: 'Öppettider och skjuts',
      cannotInfluence: 'Avgifterna, de är redan bestämda',
      workshopTheme: 'En dag som räcker till',
      workshopPlace: 'Biblioteket i Vasa och på distans',
    },
    paper: 'Bussen går innan min man har hunnit äta.',
    online: 'Vi fick en timme till och det räckte.',
    reply: 'Det skulle räcka för oss också.',
    other: 'Kaffet borde vara starkare.',
    statement: 'Dagverksamheten ska vara öppen till klockan fem.',
    summary: 'Tiderna är för korta för den som arbetar.',
    proposals: [
      ['Öppet till klockan fem', 'Två dagar i veckan är dagverksamheten öppen till klockan fem.'],
      ['Skjuts efter maten', 'Bussen går först när alla har ätit.'],
    ],
    leftOut: 'Kaffet hör inte till den här frågan.',
    answers: [
      ['Vi har personal för två dagar.', 'Tiderna ändras på tisdagar och torsdagar'],
      ['Skjutsen kan vänta en halvtimme.', 'Vi kommer överens med bussbolaget'],
    ],
  },
  {
    locale: 'en-GB',
    raised: {
      title: 'An interpreter who is there from the start',
      need: 'I waited an hour for an interpreter, and then the visit was over.',
    },
    told: {
      theme: 'Booking interpreters',
      concerns: 'Clients who do not speak Finnish or Swedish',
      service: 'Health centre appointments',
      question: 'When do you need an interpreter, and how do you ask for one?',
      canInfluence: 'How an interpreter is booked and confirmed',
      cannotInfluence: 'Which companies interpret for the county',
      workshopTheme: 'A visit where everybody understands',
      workshopPlace: 'The library of Vaasa, and online',
    },
    paper: 'My daughter had to interpret for me. She is eleven.',
    online: 'Once the interpreter was on the phone in time, and it went well.',
    reply: 'The phone worked for us too.',
    other: 'There should be more plants in the lobby.',
    statement: 'A booking should say whether an interpreter is coming.',
    summary: 'People want to know beforehand that an interpreter is coming.',
    proposals: [
      [
        'Say in the booking who interprets',
        'The message about the visit says whether an interpreter is booked.',
      ],
      ['Interpreting by phone as the second choice', 'When nobody can come, one is called.'],
    ],
    leftOut: 'The lobby belongs to the landlord.',
    answers: [
      ['The booking system can say so.', 'The messages are rewritten'],
      ['We have the phones for it.', 'Every room gets a loudspeaker'],
    ],
  },
];

/** In the steps that the demonstration's clock moves by. */
const plan = { workshop: 1, opens: 7, closes: 35, answer: 60 } as const;

// Each language on a server of its own, so that two can be told at once.
test.describe.configure({ mode: 'parallel' });

for (const tale of tales) {
  test.describe(`in a browser that asks for ${tale.locale}`, () => {
    test.use({ locale: tale.locale });

    test('a case goes from a need to answers that everybody finds, on paper too', async ({
      visitor: v,
      server,
    }) => {
      test.setTimeout(150_000);
      const { t, page } = v;
      const { title } = tale.raised;
      const codeShown = () => page.getByText(/^\w{4}-\w{4}$/).textContent();

      const base = await test.step('a guest raises a need', async () => {
        await v.open('/');
        await v.follow(t('front.raiseButton'));
        await v.fill(t('field.need'), tale.raised.need);
        await v.fill(t('field.title'), title);
        await v.press(t('raise.send'));
        await expect(v.heading(t('receipt.title'))).toBeVisible();
        return caseOf(v);
      });

      await test.step('the facilitator is told what is missing, fills it in, and accepts', async () => {
        await v.signIn('facilitator');
        await v.open('/desk');
        await v.follow(new RegExp(`: ${title}`));
        await v.press(t('event.need.accepted.name'));
        expect(v.status).toBe(400);
        for (const requirement of ['themeTold', 'concernsTold', 'serviceTold', 'deciderNamed']) {
          await expect(v.problems.filter({ hasText: t(`requirement.${requirement}.missing`) })).toBeVisible();
        }
        await describe(v, base, tale.told);
        await name(v, base, 'Heikki Luoma', 'decider', 'decider');
        await name(v, base, 'Veikko Hautala', 'expert', 'expert');
        await name(v, base, 'Sanna Ylitalo', 'facilitator', 'worker');
        await name(v, base, 'Marita Kangas', 'agent', 'worker');
        await takeOnward(v, base, 'need.accepted');
        await agreeOnDates(v, server, base, plan);
        await v.open(`${base}/control`);
        await expect(toDo(v)).toContainText(t('control.allMet'));
        await takeOnward(v, base, 'planning.completed');
      });

      const cards = await test.step('the agent prints cards', async () => {
        await v.signIn('agent');
        return printCards(v, base, 3);
      });
      const card = cards[0] ?? '';
      expect(cards).toHaveLength(3);

      await test.step('the workshop is held, and what was said on paper is written down under a card', async () => {
        await v.letPass(plan.workshop);
        expect(await record(v, base, { body: tale.paper, origin: 'paper', code: card })).toBe(card);
        await v.signIn('facilitator');
        await holdWorkshop(v, server, base);
      });

      await test.step('the period opens by itself when its day comes', async () => {
        await v.open(base);
        await expect(page.getByRole('link', { name: t('case.contribute'), exact: true })).toHaveCount(0);
        await v.letPass(7);
        await v.signOut();
      });

      const code = await test.step('a guest tells, and takes a stand', async () => {
        await v.open('/');
        await v.follow(title);
        await v.follow(t('case.contribute'));
        await v.fill(t('contribute.body'), tale.online);
        await v.press(t('contribute.send'));
        const shown = await codeShown();
        await v.follow(t('receipt.more'));
        await v.fill(t('contribute.body'), tale.other);
        await v.press(t('contribute.send'));
        expect(await codeShown()).toBe(shown);
        await v.open(`${base}/statements`);
        await v.unfold(t('statements.own'));
        await v.fill(t('statements.body'), tale.statement);
        await v.press(t('statements.send'));
        await v.press(t('vote.agree'));
        return shown ?? '';
      });

      await test.step('a participant with an account answers the guest', async () => {
        await v.signIn('participant');
        await v.open(`${base}/discussion`);
        const said = page.getByRole('article').filter({ hasText: tale.online });
        await v.follow(t('discussion.open'), said);
        await v.fill(t('thread.reply'), tale.reply);
        await v.press(t('thread.send'));
        await expect(v.heading(t('receipt.title'))).toBeVisible();
      });

      await test.step('the period closes by itself', async () => {
        await v.letPass(30);
        await v.open(base);
        await expect(page.getByRole('link', { name: t('case.contribute'), exact: true })).toHaveCount(0);
      });

      await test.step('the facilitator accounts for every contribution and publishes the summary', async () => {
        await v.signIn('facilitator');
        await takeOnward(v, base, 'summary.published');
        await expect(v.problems.filter({ hasText: t('requirement.proposalWritten.missing') })).toBeVisible();
        for (const [proposal, body] of tale.proposals) await propose(v, base, proposal, body);
        await account(v, base, { used: 1 }, [tale.paper, tale.raised.need]);
        await account(v, base, { used: 2 }, [tale.online, tale.reply]);
        await account(v, base, { leftOut: tale.leftOut });
        await v.fill(t('summary.text'), tale.summary);
        await v.press(t('summary.saveText'));
        await expect(page.getByText(t('summary.allAccounted'))).toBeVisible();
        await takeOnward(v, base, 'summary.published');
        await v.open(base);
        await v.follow(t('results.title'));
        await expect(page.getByText(tale.summary)).toBeVisible();
      });

      await test.step('the decision-maker answers by the link of the message, without an account', async () => {
        await v.signIn('coordinator');
        const link = await briefLink(v, title);
        await v.signOut();
        await v.open(link);
        const on = dayAhead(server, 90);
        const outcomes = ['adopted', 'partly'] as const;
        for (const [i, [reason, nextStep]] of tale.answers.entries()) {
          await answer(v, i + 1, { outcome: outcomes[i]!, reason, nextStep, on });
          await expect(page.getByRole('status')).toHaveText(t('notice.answerSaved'));
        }
        await v.press(t('brief.giveOut'));
      });

      await test.step('the guest and the holder of the paper card each see their outcome', async () => {
        await v.open('/impact');
        await v.fill(t('field.code'), code);
        await v.press(t('impact.show'));
        const own = (said: string) => page.getByRole('article').filter({ hasText: said });
        await expect(own(tale.online)).toContainText(String(t('fate.partly')));
        await expect(own(tale.online)).toContainText(tale.answers[1]![0]);
        await expect(own(tale.other)).toContainText(String(t('fate.leftOut')));
        await expect(own(tale.other)).toContainText(tale.leftOut);
        await v.press(t('heard.yes'));
        await expect(page.getByText(t('heard.answered'))).toBeVisible();

        await v.open(`/k/${card}`);
        await expect(own(tale.paper)).toContainText(String(t('fate.hadEffect')));
        await expect(own(tale.paper)).toContainText(tale.answers[0]![0]);
      });

      await test.step('the facilitator closes the case, and its log says in plain sentences what happened', async () => {
        await v.signIn('facilitator');
        await takeOnward(v, base, 'case.closed');
        await expect(page.getByText(t('control.ended'))).toBeVisible();
        await v.open(base);
        await v.follow(t('case.log'));
        const rows = page.getByRole('main').getByRole('listitem');
        for (const type of [
          'need.raised',
          'period.opened',
          'period.closed',
          'review.completed',
          'case.closed',
        ]) {
          await expect(rows.filter({ hasText: String(t(`log.${type}`)) })).toHaveCount(1);
        }
        for (const row of await rows.all()) {
          await expect(row.getByRole('paragraph').first()).toHaveText(/^[\p{Lu}1-9].*\.$/u);
        }
      });
    });
  });
}
