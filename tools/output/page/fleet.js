  // --- many captures --------------------------------------------------------------------------

  const FLEET_ROWS = 20;       // of a table, and FLEET_LIST sessions of the list
  const FLEET_LIST = 200;
  const GROUPS = { server: 'server', day: 'day (UTC)', client: 'client', version: 'TLS version' };

  function kindOf(severity) {
    return ['chat', 'note', 'warn', 'error'][severity] || 'good';
  }

  /* What else was found in a session that works does not colour it. */
  function kindOfRow(row) {
    return row.finding === 'healthy' ? 'good' : kindOf(row.severity);
  }

  /* [name, rows] of what rows have as key, those with the most rows first; days in their order, the last ones. */
  function grouped(rows, key) {
    const groups = new Map();
    rows.forEach((row) => groups.set(row[key], (groups.get(row[key]) || []).concat([row])));
    const list = [...groups];
    return key === 'day' ? list.sort((a, b) => (a[0] < b[0] ? 1 : -1)) : list.sort((a, b) => b[1].length - a[1].length);
  }

  /* The button that shows the sessions of a group alone. */
  function chooser(words, className, chosen) {
    const button = node('button', { type: 'button', class: 'choose ' + (className || '') }, words);
    button.addEventListener('click', chosen);
    return button;
  }

  function groupTable(rows, key, choose) {
    const groups = grouped(rows, key), bad = (some) => some.filter((row) => row.severity >= 2 && row.finding !== 'healthy');
    const cells = groups.slice(0, FLEET_ROWS).map(([name, some]) => {
      const worst = grouped(bad(some), 'title')[0];
      return [chooser(name, '', () => choose(key, name)), String(some.length), String(bad(some).length),
        worst ? node('span', { class: kindOfRow(worst[1][0]) }, worst[1].length + ' ' + worst[0]) : '–'];
    });
    return node('section', {}, node('h3', {}, 'Verdicts by ' + GROUPS[key]),
      table([GROUPS[key].replace(/^./, (c) => c.toUpperCase()), 'Sessions', 'Not well', 'Most frequent of these'], cells, 'group'),
      groups.length > FLEET_ROWS ? node('p', { class: 'soft' }, 'and ' + (groups.length - FLEET_ROWS) + ' more') : null);
  }

  /* The session as in a report of its own, without messages and plots. */
  function fleetSession(row, number) {
    const report = { capture: { file: row.file }, sessions: [row.session], candidates: [], pairs: [] };
    reports.push(report);
    const box = sessionBox(report, row.session, 'Session', true);
    box.id = 'fleet' + number;
    box.fill();
    return box;
  }

  function fleetRow(row, number) {
    const place = node('td', { colspan: 5, class: 'opened' }), below = node('tr', { hidden: '' }, place);
    const words = node('span', { class: kindOfRow(row) }, row.title);
    const open = () => {
      below.hidden = !below.hidden;
      if (!place.firstChild)
        place.append(fleetSession(row, number));
    };
    const first = row.session ? chooser(words, 'open', open) : words;
    return [node('tr', {}, ...[first, row.server, row.client, row.day, row.file].map((cell) => node('td', {}, cell))), below];
  }

  /* The list of the sessions that are chosen; list.show(words, rows). */
  function fleetList() {
    const body = node('tbody'), head = node('h3', { tabindex: -1 }), more = node('p', { class: 'soft' });
    const list = node('section', { class: 'list' }, head, node('table', { class: 'overview fleet-list' },
      node('thead', {}, node('tr', {}, ...['Verdict', 'Server', 'Client', 'Day', 'Capture'].map((text) => node('th', {}, text)))), body), more);
    list.show = (words, rows) => {
      head.textContent = words;
      body.replaceChildren(...rows.slice(0, FLEET_LIST).flatMap(fleetRow));
      more.textContent = rows.length > FLEET_LIST ? 'and ' + (rows.length - FLEET_LIST) + ' more' : '';
    };
    return list;
  }

  function fleetBox(fleet) {
    const rows = fleet.sessions, list = fleetList();
    const choose = (key, name) => {
      list.show((key === 'title' ? 'Sessions: ' : 'Sessions of ' + GROUPS[key] + ' ') + name, rows.filter((row) => row[key] === name));
      list.scrollIntoView();
      list.querySelector('h3').focus({ preventScroll: true });
    };
    const verdicts = grouped(rows, 'title').sort((a, b) => b[1][0].severity - a[1][0].severity || b[1].length - a[1].length)
      .map(([title, some]) => [chooser(title, kindOfRow(some[0]), () => choose('title', title)), String(some.length)]);
    const all = chooser('All sessions', '', () => list.show('Sessions, the worst first', rows));
    list.show('Sessions, the worst first', rows);
    return node('section', { class: 'fleet' },
      node('p', {}, node('b', {}, new Set(rows.concat(fleet.failed).map((row) => row.file)).size + ' captures, ' + rows.length + ' sessions: ' +
        tally(rows.map((row) => ({ verdict: row }))))),
      ...(fleet.failed.length ? [node('h3', {}, 'Could not be judged'), node('ul', {}, ...fleet.failed.map((one) => node('li', {}, one.file + ': ' + one.error)))] : []),
      node('h3', {}, 'Verdicts'), table(['Verdict', 'Sessions'], verdicts.slice(0, FLEET_ROWS), 'group'),
      verdicts.length > FLEET_ROWS ? node('details', {}, node('summary', {}, (verdicts.length - FLEET_ROWS) + ' more verdicts'),
        table(['Verdict', 'Sessions'], verdicts.slice(FLEET_ROWS), 'group')) : null,
      ...Object.keys(GROUPS).map((key) => groupTable(rows, key, choose)), node('p', {}, all), list);
  }
