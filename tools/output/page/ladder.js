  // --- ladder -------------------------------------------------------------------------------

  const FOLD_MIN = 10, FOLD_ENDS = 2, FOLD_KINDS = 2; // runs of so many messages, of so few kinds, keep their ends

  const TITLE_MAX = 46;        // letters that fit beside the ladder

  function shortened(text, most) {
    return text.length > most ? text.slice(0, most - 1) + '…' : text;
  }

  function eventText(event) {
    if (event.inferred)
      return event.inferred + ' (from length ' + (event.bytes_c2s + event.bytes_s2c) + ')';
    if (event.layer !== 'data')
      return event.text + (event.count_c2s + event.count_s2c > 1 ? ' × ' + (event.count_c2s + event.count_s2c) : '');
    const part = (count, size, sign) => count ? sign + ' ' + count + ' packets, ' + bytes(size) : '';
    return 'Data ' + [part(event.count_c2s, event.bytes_c2s, '→'), part(event.count_s2c, event.bytes_s2c, '←')].filter(Boolean).join('  ');
  }

  function eventFindings(session, event) {
    return session.findings.filter((finding) => finding.frames.some((n) => event.first_frame <= n && n <= event.last_frame));
  }

  function arrow(event, y, from, to) {
    const both = event.layer === 'data' && event.count_c2s && event.count_s2c;
    const right = event.side === 'client', side = event.side;
    const tip = (x, sign) => svg('path', { class: 'head ' + side, d: 'M' + x + ' ' + y + 'l' + (-9 * sign) + ' -4v8z' });
    const parts = [svg('line', { x1: from + 4, x2: to - 4, y1: y, y2: y, class: side + (event.layer === 'data' ? ' data' : ''),
      'stroke-dasharray': event.layer === 'record' ? '3 3' : null })];
    if (right || both)
      parts.push(tip(to - 1, 1));
    if (!right || both)
      parts.push(tip(from + 1, -1));
    return parts;
  }

  /* How long after the first try this one came; '' where it is none. */
  function retryText(events, i) {
    const event = events[i], same = (other) => other.layer === 'tcp' && other.text === event.text && other.side === event.side;
    const first = event.layer === 'tcp' && event.text.startsWith('SYN') ? events.findIndex(same) : i;
    return first < i ? ' again, ' + seconds(event.time - events[first].time) + ' after the first' : '';
  }

  /* [first, last] of messages that say nothing new: echoes, data, retransmissions, with no finding among them. */
  function foldsOf(session) {
    const events = session.trace.events, folds = [];
    const kind = (event) => event.layer === 'data' ? 'data' : event.text.replace(/, id \d+$/, '');
    const plain = (i) => i < events.length && !eventFindings(session, events[i]).length && i !== session.trace.omitted_after;
    for (let from = 0; from < events.length; from++) {
      const kinds = new Set();
      let to = from;
      while (plain(to) && (kinds.has(kind(events[to])) || kinds.size < FOLD_KINDS))
        kinds.add(kind(events[to++]));
      if (to - from < FOLD_MIN)
        continue;
      folds.push({ first: from + FOLD_ENDS, last: to - 1 - FOLD_ENDS, words: [...kinds].join(', ') });
      from = to - 1;
    }
    return folds;
  }

  /* Where things stand in the ladder: width of the drawing, its life lines, the marks of evidence. */
  function placesOf(narrow) {
    return narrow ? { width: 400, client: 62, server: 376, time: 54, mark: 389, ids: null }
      : { width: 900, client: 120, server: 560, time: 70, mark: 88, ids: 575 };
  }

  /* A drawing for each row, so that paper can break between them. */
  function rowDrawing(places, height, className, ...children) {
    const life = (x) => svg('line', { x1: x, x2: x, y1: className ? height - 6 : 0, y2: height, class: 'life' });
    return svg('svg', { class: className, viewBox: '0 0 ' + places.width + ' ' + height }, life(places.client), life(places.server), ...children);
  }

  function ladderRow(places, events, index, found) {
    const from = places.client, to = places.server, event = events[index];
    const text = eventText(event) + retryText(events, index);
    const words = event.time.toFixed(3) + ' s ' + event.side + ' ' + text;
    const row = svg('g', { class: 'row', tabindex: -1, role: 'button', 'aria-label': [words, ...found.map(titleOf)].join(', ') },
      svg('rect', { x: 0, y: 0, width: places.width, height: ROW, class: 'ground' }),
      svg('text', { x: places.time, y: 24, class: 'soft number' }, event.time.toFixed(3)),
      svg('text', { x: (from + to) / 2, y: 15, class: 'middle' + (event.inferred ? ' inferred' : '') }, text),
      ...arrow(event, 22, from, to));
    if (found.length)
      row.append(svg('circle', { cx: places.mark, cy: 20, r: 5, class: 'evidence ' + found[0].severity }));
    if (found.length && places.ids)
      row.append(svg('text', { x: places.ids, y: 24, class: 'soft' }, shortened(titleOf(found[0]), TITLE_MAX) + (found.length > 1 ? ' …' : '')));
    return row;
  }

  function eventDetails(report, event, found) {
    const bits = [event.time.toFixed(6) + ' s, ' + frames(event.first_frame, event.last_frame) + (report.own_frames ? ' of both ends joined' : '') + ', from the ' + event.side + ', layer ' + event.layer];
    if (event.seconds > 0)
      bits.push('lasts ' + seconds(event.seconds));
    for (const way of ['c2s', 's2c'])
      if (event['count_' + way])
        bits.push(WORDS[way] + ': ' + event['count_' + way] + ', ' + bytes(event['bytes_' + way]));
    const first = ownFrame(report, event.first_frame), last = ownFrame(report, event.last_frame);
    const filter = first.number === last.number ? 'frame.number == ' + first.number
      : 'frame.number >= ' + first.number + ' && frame.number <= ' + last.number;
    return node('div', {}, node('strong', {}, eventText(event)), event.content ? node('p', { class: 'content' }, event.content) : null,
      node('p', {}, bits.join('; ')), node('p', {}, 'In Wireshark' + (first.file ? ', in ' + first.file : '') + ': ', node('code', {}, filter)),
      ...found.map((finding) => node('p', {}, node('b', { class: finding.severity }, titleOf(finding)), ' ', idOf(finding), ': ' + finding.summary)));
  }

  function foldRow(places, fold, open) {
    const words = (fold.last - fold.first + 1) + ' more: ' + fold.words;
    const row = svg('g', { class: 'row fold', tabindex: -1, role: 'button', 'aria-label': 'Show ' + words },
      svg('rect', { x: 0, y: 0, width: places.width, height: ROW, class: 'ground' }),
      svg('text', { x: (places.client + places.server) / 2, y: 19, class: 'middle soft' }, '\u25b8 ' + words));
    row.addEventListener('click', open);
    return rowDrawing(places, ROW, null, row);
  }

  /* The rows of the ladder, one of which can be chosen: by a click, by the arrow keys, by its number. One row alone is a
   * stop of the Tab key. chosen(event): is told. */
  function ladderRows(session, places, chosen) {
    const trace = session.trace, drawings = [], rows = [];
    let at = -1;
    const folds = foldsOf(session);
    const unfold = (fold) => {
      fold.row.remove();
      for (let i = fold.first; i <= fold.last; i++)
        rows[i].parentNode.removeAttribute('hidden');
      fold.open = true;
    };
    const choose = (index, focus) => {
      folds.filter((fold) => !fold.open && fold.row && fold.first <= index && index <= fold.last).forEach(unfold);
      rows.forEach((row, i) => {
        row.classList.toggle('chosen', i === index);
        row.setAttribute('tabindex', i === Math.max(index, 0) ? 0 : -1);
      });
      at = index;
      if (index < 0)
        return;
      chosen(trace.events[index], eventFindings(session, trace.events[index]));
      if (focus)
        rows[index].focus();
    };
    drawings.push(rowDrawing(places, 44, 'ends', svg('text', { x: places.time, y: 16, class: 'soft number' }, 'second'),
      ...['client', 'server'].flatMap((side) => [
        svg('text', { x: places[side], y: 16, class: (places.ids ? 'middle ' : side === 'server' ? 'number ' : '') + side }, side),
        svg('text', { x: places[side], y: 32, class: (places.ids ? 'middle ' : side === 'server' ? 'number ' : '') + 'soft' }, session[side])])));
    trace.events.forEach((event, i) => {
      const row = ladderRow(places, trace.events, i, eventFindings(session, event)), fold = folds.find((one) => one.first === i);
      if (fold) {
        fold.row = foldRow(places, fold, () => unfold(fold));
        drawings.push(fold.row);
      }
      if (trace.omitted && i === trace.omitted_after)
        drawings.push(rowDrawing(places, ROW, null, svg('text', { x: (places.client + places.server) / 2, y: 18, class: 'soft middle' }, trace.omitted + ' more, left out')));
      row.addEventListener('click', () => choose(i));
      row.addEventListener('keydown', (press) => {
        const to = { Enter: i, ' ': i, ArrowDown: Math.min(i + 1, rows.length - 1), ArrowUp: Math.max(i - 1, 0), Home: 0, End: rows.length - 1 }[press.key];
        if (to === undefined)
          return;
        press.preventDefault();
        choose(to, true);
      });
      rows.push(row);
      drawings.push(rowDrawing(places, ROW, null, row));
      if (folds.some((one) => one.first <= i && i <= one.last))
        row.parentNode.setAttribute('hidden', '');
    });
    return { drawings: drawings, rows: rows, choose: choose, index: () => at };
  }

  /* The message that holds a frame, or else the one behind it; -1: none. */
  function eventAt(session, frame) {
    const events = session.trace.events;
    const within = events.findIndex((event) => event.first_frame <= frame && frame <= event.last_frame);
    return within >= 0 ? within : events.findIndex((event) => event.first_frame > frame);
  }

  /* It opens at the verdict's message. section.show(frame) chooses another one, and shows it. */
  function ladder(report, session) {
    if (!session.trace || !session.trace.events.length)
      return null;
    const details = node('div', { class: 'chosen-event hint', 'aria-live': 'polite' }, node('span', { class: 'soft' }, 'Choose a message to see its details.'));
    const scroll = node('div', { class: 'scroll' }), verdict = verdictFinding(session);
    const chosen = (event, found) => {
      details.classList.remove('hint');
      details.replaceChildren(eventDetails(report, event, found));
    };
    let made = null;
    const draw = (narrow) => {
      const before = made ? made.index() : verdict && verdict.frames.length ? eventAt(session, verdict.frames[0]) : -1;
      made = ladderRows(session, placesOf(narrow), chosen);
      made.choose(before);
      return node('div', { class: 'ladder', role: 'group', 'aria-label': 'Messages between client and server' }, ...made.drawings);
    };
    scroll.append(drawnToFit(draw));
    const section = node('section', {}, node('h3', {}, 'Messages'), details, scroll);
    const toChosen = () => {
      const row = made.rows[made.index()];
      if (row)
        scroll.scrollTop += row.getBoundingClientRect().top - scroll.getBoundingClientRect().top - scroll.clientHeight / 2;
    };
    section.draw = toChosen;
    section.show = (frame) => {
      made.choose(eventAt(session, frame));
      toChosen();
      section.scrollIntoView({ block: 'nearest' });
    };
    return section;
  }

  // --- ladder of both ends -------------------------------------------------------------------

  const SLOPE_FULL = 0.2;      // seconds on the way that are drawn as the steepest slope

  /* Messages of side, as its own end saw them and as the other one did: [{event, arrived}], arrived being the other end's
   * event, or undefined; and those that the other end alone saw. offset: of the server's clock. */
  function matched(ends, side, offset, tolerance) {
    const other = side === 'client' ? 'server' : 'client', shift = side === 'client' ? -offset : offset;
    const own = (end) => ends[end].trace.events.filter((event) => event.side === side && event.layer !== 'data' && event.layer !== 'icmp');
    const sent = own(side).map((event) => ({ event: event })), only = [];
    own(other).forEach((event) => {
      const before = sent.filter((one) => !one.arrived && one.event.layer === event.layer && one.event.text === event.text &&
        one.event.time <= event.time + shift + tolerance);
      if (before.length)
        Object.assign(before[before.length - 1], { arrived: event, way: Math.max(0, event.time + shift - before[before.length - 1].event.time) });
      else
        only.push({ event: event, alone: other });
    });
    return sent.concat(only);
  }

  /* Is it known that the other end did not see it? Where that one could not read the layer at all, it is not. */
  function isLost(one, all, trace) {
    const { layer, text } = one.event;
    return !trace.omitted && text !== 'Retransmission' && text !== 'Zero window' &&
      (layer === 'tcp' || all.some((other) => other.arrived && other.event.layer === layer));
  }

  function pairRow(places, one, offset, lost) {
    const event = one.event, at = { client: places.client, server: places.server }, from = at[event.side];
    const to = at[event.side === 'client' ? 'server' : 'client'], middle = (from + to) / 2, way = Math.sign(to - from);
    const slope = one.arrived ? Math.min(1, one.way / SLOPE_FULL) * 12 : 0;
    const x1 = one.alone && lost ? middle : from + 4 * way, x2 = lost && !one.alone ? middle : to - 4 * way;
    const y1 = 20, y2 = y1 + slope, tip = x2 + 3 * way;
    const sent = event.time - (one.alone && event.side === 'client' ? offset : 0);
    const time = { [one.alone || event.side]: event.time, [one.arrived ? (event.side === 'client' ? 'server' : 'client') : '-']: one.arrived && one.arrived.time };
    const words = lost ? (one.alone ? 'not seen at the ' + event.side + "'s end" : 'not seen at the other end')
      : one.arrived ? 'under way for ' + seconds(one.way) : '';
    const row = svg('g', { 'aria-label': event.side + ' ' + eventText(event) + (words ? ', ' + words : ''), role: 'img', class: lost ? 'lost' : null },
      svg('text', { x: middle, y: 13, class: 'middle' + (event.inferred ? ' inferred' : '') }, eventText(event)),
      svg('line', { x1: x1, y1: y1, x2: x2, y2: y2, class: event.side, 'stroke-dasharray': lost ? '5 3' : null }),
      svg('path', { class: 'head ' + event.side, d: 'M' + tip + ' ' + y2 + 'l' + (-9 * way) + ' -4v8z' }));
    if (lost)
      row.append(svg('text', { x: middle + 8 * (one.alone ? -way : way), y: y1 + 5, class: 'cross ' + (way * (one.alone ? -1 : 1) > 0 ? '' : 'number') }, '\u2715 ' + words));
    for (const side of ['client', 'server'])
      if (time[side] !== undefined)
        row.append(svg('text', { x: side === 'client' ? places.time : places.server + 14, y: side === event.side ? y1 + 4 : y2 + 4,
          class: 'soft' + (side === 'client' ? ' number' : '') }, time[side].toFixed(3)));
    return { time: sent, drawing: rowDrawing(places, 38, null, row) };
  }

  /* NULL where the clocks are not known, or a message of an end was not kept. */
  function pairLadder(report, pair) {
    const ends = {};
    for (const side of ['client', 'server'])
      ends[side] = report.sessions.find((session) => session.id === pair[side + '_session']);
    if (!pair.clock || !ends.client || !ends.server || !ends.client.trace || !ends.server.trace)
      return null;
    const offset = pair.clock.offset, tolerance = Math.max(0.002, pair.clock.bound);
    const draw = (narrow) => {
      const places = narrow ? { width: 400, client: 62, server: 338, time: 54 } : { width: 900, client: 120, server: 700, time: 108 };
      const rows = ['client', 'server'].flatMap((side) => {
        const all = matched(ends, side, offset, tolerance);
        return all.map((one) => pairRow(places, one, offset,
          !one.arrived && isLost(one, all, ends[one.alone ? one.event.side : side === 'client' ? 'server' : 'client'].trace)));
      }).sort((a, b) => a.time - b.time);
      const head = rowDrawing(places, 44, 'ends', ...['client', 'server'].flatMap((side) => [
        svg('text', { x: places[side], y: 16, class: 'middle ' + side }, side + "'s end"),
        svg('text', { x: places[side], y: 32, class: 'middle soft' }, 'its clock')]));
      return node('div', { class: 'ladder', role: 'group', 'aria-label': 'Messages between both ends' }, head, ...rows.map((row) => row.drawing));
    };
    const lost = ['client_to_server', 'server_to_client'].map((way) => [way, (pair.path || {})[way]]).filter(([, path]) => path && path.lost_segments)
      .map(([way, path]) => path.lost_segments + ' from ' + way.replaceAll('_', ' '));
    return node('details', {}, node('summary', {}, 'Messages at both ends'),
      node('p', { class: 'soft' }, 'Each message with the clocks of both ends; the slope is the time under way (full at 0.2 s and more).' +
        (lost.length ? ' TCP segments that were lost between the ends: ' + lost.join(', ') + '.' : '')),
      node('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Messages at both ends' }, drawnToFit(draw)));
  }
