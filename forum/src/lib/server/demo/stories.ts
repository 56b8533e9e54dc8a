import type { CaseTextKey, FollowUpState, HeardAnswer, ResponseOutcome, VoteValue } from '@lakeus/engine';

/** Three invented cases after the pilot's three target groups, written for this product. Days count from the day the
 * demonstration is laid out; days before it are negative. */

export type Said = {
  readonly by: string;
  readonly body: string;
  readonly kind?: 'experience' | 'suggestion';
  readonly replies?: readonly { readonly by: string; readonly body: string }[];
};

export type Noted = { readonly table: string; readonly paper?: boolean; readonly body: string };

export type Proposed = {
  readonly title: string;
  readonly body: string;
  /** numbers of what was noted (n1, n2 …) and said (s1, s2 …); replies come along with what they answer */
  readonly from: readonly string[];
  readonly theme: string;
  readonly response: {
    readonly outcome: ResponseOutcome;
    readonly reason: string;
    readonly forwardedTo?: string;
    readonly nextStep: string;
    readonly nextStepInDays: number;
  };
  readonly followUp?: { readonly state: FollowUpState; readonly body: string };
};

/** A text that several wrote: lines that begin with `## ` are headings, those with `- ` items of a list. */
export type Written = {
  readonly kind: 'table' | 'shared';
  readonly title: string;
  /** `facilitator`, or a guest by the letter that they speak under */
  readonly parts: readonly { readonly by: string; readonly lines: readonly string[] }[];
  readonly remark?: { readonly by: string; readonly quote: string; readonly body: string };
};

export type Story = {
  readonly raised: { readonly title: string; readonly need: string; readonly day: number };
  readonly texts: Partial<Record<Exclude<CaseTextKey, 'title'>, string>>;
  readonly until: 'planning' | 'open' | 'closed';
  readonly days: {
    readonly workshop: number;
    readonly opens: number;
    readonly closes: number;
    readonly answer: number;
  };
  readonly workshop?: { readonly onSite: number; readonly remote: number; readonly notes: string };
  readonly noted?: readonly Noted[];
  readonly said?: readonly Said[];
  readonly written?: readonly Written[];
  readonly statements?: readonly {
    readonly body: string;
    readonly votes: Partial<Record<VoteValue, number>>;
  }[];
  readonly proposals?: readonly Proposed[];
  readonly leftOut?: { readonly from: readonly string[]; readonly reason: string };
  readonly heard?: readonly HeardAnswer[];
};

const recoveringFamilies: Story = {
  raised: {
    title: 'Miten perhe jaksaa, kun läheinen toipuu?',
    need:
      'Kun aikuinen poikani pääsi osastolta kotiin, koko perhe oli epävarma. Kukaan ei kertonut, mihin voin soittaa, ' +
      'kun tulee huono yö. Toivon, että läheinen otetaan mukaan jo ennen kotiutumista.',
    day: -12,
  },
  until: 'planning',
  days: { workshop: 14, opens: 18, closes: 39, answer: 74 },
  texts: {
    theme: 'Läheisen tuki kotiutumisen jälkeen',
    concerns: 'Mielenterveyden sairaudesta toipuvien perheet ja läheiset sekä toipujat itse',
    service: 'Aikuisten mielenterveyspalvelut, kotiutuminen ja avohoito',
    question: 'Mitä perhe tarvitsee ensimmäisten viikkojen aikana, kun läheinen palaa kotiin?',
    canInfluence:
      'Kotiutumisen tapaamiset, läheisten neuvonta ja se, miten ja milloin läheiseen otetaan yhteyttä.',
  },
};

const familyCarers: Story = {
  raised: {
    title: 'Omaishoitajan vapaa, joka toteutuu',
    need:
      'Olen 71-vuotias ja hoidan puolisoani. Lakisääteinen vapaani jää usein pitämättä, koska sijaista ei löydy tai ' +
      'paikka on liian kaukana. Haluaisin, että vapaan voisi suunnitella etukäteen.',
    day: -48,
  },
  until: 'open',
  days: { workshop: -15, opens: -9, closes: 12, answer: 47 },
  texts: {
    theme: 'Omaishoitajan vapaan järjestäminen',
    concerns: 'Kaikenikäiset omaishoitajat ja heidän läheisensä',
    service: 'Omaishoidon tuki ja sijaishoito',
    question: 'Mikä saisi omaishoitajan pitämään vapaansa hyvillä mielin?',
    canInfluence: 'Sijaishoidon tavat, varaaminen, ohjaus ja se, miten vapaasta sovitaan perheen kanssa.',
    cannotInfluence:
      'Omaishoidon palkkion suuruus ja lakisääteisten vapaapäivien määrä. Niistä päätetään muualla.',
    workshopTheme: 'Vapaapäivä, johon voi luottaa',
    workshopPlace: 'Lapuan kirjaston kokoushuone ja etäyhteys',
  },
  workshop: {
    onSite: 14,
    remote: 5,
    notes:
      'Neljä pöytää. Kaikissa nousi esiin sijaisen tuttuus. Etäosallistujat toivoivat, että vapaan voi varata puhelimella.',
  },
  noted: [
    { table: 'Pöytä 1', body: 'Sijainen saisi olla sama ihminen. Puolisoni ei päästä vierasta pesemään.' },
    { table: 'Pöytä 1', body: 'En pidä vapaata, jos en tiedä viikkoa aiemmin, kuka tulee.' },
    { table: 'Pöytä 2', body: 'Lyhyt vapaa kotona auttaa enemmän kuin kaksi yötä hoitopaikassa.' },
    {
      table: 'Pöytä 3',
      paper: true,
      body: 'Bussi ei kulje hoitopaikkaan. Taksi maksaa enemmän kuin vapaasta saa iloa.',
    },
    {
      table: 'Pöytä 4',
      paper: true,
      body: 'Nuorena omaishoitajana en tiennyt, että vapaa kuuluu minullekin.',
    },
  ],
  said: [
    {
      by: 'a',
      body: 'Meillä sijaishoitaja kävi ensin tutustumassa tunnin, ja vasta sitten jäin pois. Se toimi. Toivon, että näin tehtäisiin aina.',
      kind: 'experience',
      replies: [
        { by: 'b', body: 'Sama kokemus. Tutustumiskäynti poisti suurimman pelon.' },
        { by: 'c', body: 'Meillä tätä ei tarjottu. Keneltä sitä voi pyytää?' },
      ],
    },
    {
      by: 'd',
      body: 'Ehdotan varauskalenteria, josta näen vapaat päivät itse. Puhelinaika on juuri silloin, kun syötän äitiä.',
      kind: 'suggestion',
    },
    {
      by: 'e',
      body: 'Käyn töissä ja hoidan isää. Vapaa arkena ei auta minua. Tarvitsen apua viikonloppuna.',
      kind: 'experience',
      replies: [{ by: 'a', body: 'Tämä on tärkeä huomio. Työssä käyvät unohtuvat usein.' }],
    },
    { by: 'f', body: 'Palvelusetelillä voisi palkata naapurin, jonka äiti jo tuntee.', kind: 'suggestion' },
    {
      by: 'g',
      body: 'Ohjeet tulivat kirjeessä, jossa oli neljä sivua pientä tekstiä. En jaksanut lukea.',
      kind: 'experience',
    },
    {
      by: 'h',
      body: 'Voisiko vapaan käyttää tunteina? Kaksi tuntia kerran viikossa olisi minulle paras.',
      kind: 'suggestion',
    },
  ],
  written: [
    {
      kind: 'table',
      title: 'Pöytä 1: tuttu sijainen',
      parts: [
        {
          by: 'facilitator',
          lines: [
            '## Mitä pöydässä sanottiin',
            '- Sijainen olisi aina sama ihminen',
            '- Nimi tiedossa viikkoa ennen',
            '- Ensin tutustumiskäynti, vasta sitten vapaa',
          ],
        },
      ],
    },
    {
      kind: 'shared',
      title: 'Vapaan pelisäännöt',
      parts: [
        {
          by: 'facilitator',
          lines: [
            '## Mistä vapaassa sovitaan',
            'Tähän kirjoitetaan yhdessä, mitä perheen ja palvelun kesken sovitaan ennen ensimmäistä vapaata. Jokainen saa lisätä ja korjata.',
            '- Kuka tulee, ja mistä hänen numeronsa löytyy',
            '- Milloin vapaa alkaa ja loppuu',
          ],
        },
        {
          by: 'a',
          lines: [
            '- Tutustumiskäynti tehdään aina ennen ensimmäistä vapaata',
            '## Ennen tutustumiskäyntiä',
            'Omainen kirjoittaa paperille, mitä läheinen pelkää ja mikä häntä rauhoittaa.',
          ],
        },
        { by: 'h', lines: ['Vapaan voi pitää myös tunteina. Kaksi tuntia riittää jo kauppaan ja kahville.'] },
      ],
      remark: {
        by: 'e',
        quote: 'Milloin vapaa alkaa ja loppuu',
        body: 'Lisätään tähän viikonloput. Työssä käyvä omainen ei voi pitää vapaata arkena.',
      },
    },
  ],
  statements: [
    {
      body: 'Tuttu sijainen on tärkeämpi kuin lähellä oleva hoitopaikka.',
      votes: { agree: 11, disagree: 2, pass: 3 },
    },
    { body: 'Vapaata pitäisi voida käyttää tunteina.', votes: { agree: 13, disagree: 1, pass: 1 } },
    {
      body: 'Varaan vapaan mieluummin puhelimella kuin verkossa.',
      votes: { agree: 6, disagree: 7, pass: 2 },
    },
    { body: 'Tutustumiskäynti pitäisi tehdä aina ennen ensimmäistä vapaata.', votes: { agree: 12, pass: 2 } },
    { body: 'Vapaa hoitopaikassa sopii meidän perheelle.', votes: { agree: 4, disagree: 9, pass: 2 } },
  ],
};

const jobSeekers: Story = {
  raised: {
    title: 'Ensimmäinen tapaaminen työllisyyspalvelussa',
    need:
      'Kerroin saman tarinan neljälle eri ihmiselle. Olin pitkään sairaana, ja jokainen kerta oli raskas. ' +
      'Ensimmäisessä tapaamisessa pitäisi olla sama ihminen, joka jatkaa kanssani.',
    day: -170,
  },
  until: 'closed',
  days: { workshop: -140, opens: -136, closes: -115, answer: -80 },
  texts: {
    theme: 'Palvelun alku työttömän silmin',
    concerns: 'Työllistymispalvelujen asiakkaat, erityisesti pitkään työttömänä olleet',
    service: 'Työllistymistä tukeva palvelu ja sosiaaliohjaus',
    question: 'Millainen ensimmäinen tapaaminen auttaa eteenpäin?',
    canInfluence: 'Tapaamisen sisältö, paikka ja kesto sekä se, kuka tapaamisessa on mukana.',
    cannotInfluence: 'Työttömyysturvan ehdot. Niistä säädetään laissa.',
    workshopTheme: 'Tapaaminen, josta lähtee kevyemmin',
    workshopPlace: 'Seinäjoen työpajan kahvila',
    summary:
      'Asiakkaat toivovat yhtä tuttua työntekijää, selvää kieltä ja rauhallista alkua. Kiire ja sama kertomus ' +
      'monta kertaa vievät voimia. Kokemusasiantuntijan apua pidettiin hyvänä, kun se on vapaaehtoista.',
  },
  workshop: {
    onSite: 11,
    remote: 2,
    notes: 'Kolme pöytää. Kokemusasiantuntija avasi päivän omalla tarinallaan.',
  },
  noted: [
    { table: 'Pöytä 1', body: 'Sama työntekijä alusta loppuun. Ei tarvitsisi aloittaa aina alusta.' },
    { table: 'Pöytä 1', paper: true, body: 'Puoli tuntia on liian lyhyt. En ehdi sanoa tärkeintä.' },
    {
      table: 'Pöytä 2',
      body: 'Kirje pelotti. Siinä puhuttiin velvollisuuksista ennen kuin kukaan kysyi kuulumisia.',
    },
    { table: 'Pöytä 2', paper: true, body: 'Kokemusasiantuntija voisi tulla mukaan, jos itse haluan.' },
    { table: 'Pöytä 3', paper: true, body: 'Odotustila on käytävä, jossa kaikki näkevät.' },
  ],
  said: [
    {
      by: 'a',
      body: 'Minua auttoi se, että työntekijä oli lukenut paperit etukäteen. Jokaisen pitäisi tehdä niin.',
      kind: 'experience',
      replies: [{ by: 'b', body: 'Samaa mieltä. Silloin puhutaan jo asiasta.' }],
    },
    {
      by: 'c',
      body: 'Tapaamisen jälkeen voisi saada lapun, jossa lukee, mitä sovittiin.',
      kind: 'suggestion',
    },
    {
      by: 'd',
      body: 'Kirjeen voisi kirjoittaa selkokielellä. Äidinkieleni ei ole suomi.',
      kind: 'suggestion',
    },
    {
      by: 'e',
      body: 'Pitkän sairauden jälkeen tarvitsen enemmän aikaa kuin puoli tuntia.',
      kind: 'experience',
    },
    { by: 'f', body: 'Ilmaiset bussiliput tapaamisiin.', kind: 'suggestion' },
    { by: 'g', body: 'Työttömyysturvan karenssit pitäisi poistaa.', kind: 'suggestion' },
  ],
  statements: [
    { body: 'Sama työntekijä on tärkeämpi kuin nopea aika.', votes: { agree: 10, disagree: 2, pass: 1 } },
    { body: 'Haluan kokemusasiantuntijan mukaan tapaamiseen.', votes: { agree: 5, disagree: 4, pass: 4 } },
    { body: 'Sovitut asiat pitää saada kirjallisena.', votes: { agree: 12, pass: 1 } },
  ],
  proposals: [
    {
      title: 'Yksi nimetty työntekijä',
      body: 'Jokaiselle nimetään työntekijä, joka lukee aiemmat tiedot ennen tapaamista ja jatkaa saman asiakkaan kanssa.',
      from: ['n1', 's1', 'need'],
      theme: 'Tuttu ihminen',
      response: {
        outcome: 'adopted',
        reason:
          'Ehdotus vähentää päällekkäistä työtä ja on asiakkaille tärkein. Otamme sen käyttöön koko palvelussa.',
        nextStep: 'Työntekijät nimetään ja asiakkaille kerrotaan heidän nimensä',
        nextStepInDays: -30,
      },
      followUp: { state: 'kept', body: 'Nimetty työntekijä on nyt kaikilla uusilla asiakkailla.' },
    },
    {
      title: 'Tunnin mittainen ensimmäinen tapaaminen',
      body: 'Ensimmäiseen tapaamiseen varataan tunti, ja sovitut asiat annetaan paperilla mukaan.',
      from: ['n2', 's2', 's4'],
      theme: 'Aika ja rauha',
      response: {
        outcome: 'partly',
        reason:
          'Tunti varataan niille, jotka sitä pyytävät. Kaikille emme voi vielä luvata tuntia nykyisellä väellä.',
        nextStep: 'Ajanvaraukseen lisätään kysymys tapaamisen pituudesta',
        nextStepInDays: 20,
      },
    },
    {
      title: 'Selkokielinen kutsukirje',
      body: 'Kutsukirje kirjoitetaan uudelleen selkokielellä yhdessä asiakkaiden kanssa.',
      from: ['n3', 's3'],
      theme: 'Selvä kieli',
      response: {
        outcome: 'forwarded',
        reason:
          'Kirjeet tehdään viestinnässä. Olemme pyytäneet heitä tekemään uuden kirjeen teidän kanssanne.',
        forwardedTo: 'Hyvinvointialueen viestintä',
        nextStep: 'Viestintä kutsuu koolle kirjeen muokkausryhmän',
        nextStepInDays: 14,
      },
      followUp: { state: 'late', body: 'Ryhmä ei ole vielä kokoontunut. Uusi aika sovitaan tammikuussa.' },
    },
    {
      title: 'Rauhallinen odotustila',
      body: 'Odotustila siirretään käytävästä suljettuun huoneeseen.',
      from: ['n5'],
      theme: 'Aika ja rauha',
      response: {
        outcome: 'notAdopted',
        reason: 'Nykyisessä talossa ei ole vapaata huonetta. Asia otetaan huomioon, kun tilat vaihtuvat.',
        nextStep: 'Toive kirjataan uusien tilojen suunnitelmaan',
        nextStepInDays: 60,
      },
    },
    {
      title: 'Kokemusasiantuntija mukaan, jos asiakas haluaa',
      body: 'Asiakkaalta kysytään ennen tapaamista, haluaako hän kokemusasiantuntijan mukaan.',
      from: ['n4'],
      theme: 'Tuttu ihminen',
      response: {
        outcome: 'adopted',
        reason: 'Kokemusasiantuntijoita on koulutettu, ja heidän palkkioihinsa on varattu raha.',
        nextStep: 'Kysymys lisätään ajanvaraukseen',
        nextStepInDays: 20,
      },
    },
  ],
  leftOut: {
    from: ['s5', 's6'],
    reason: 'Asiasta ei päätetä tässä palvelussa. Toiveet on välitetty tiedoksi kaupungille ja järjestöille.',
  },
  heard: ['yes', 'yes', 'partly', 'yes', 'no', 'partly'],
};

export const stories: readonly Story[] = [recoveringFamilies, familyCarers, jobSeekers];
