"""Sections of results.md: each program of this folder writes its own and leaves the others."""
import os
import re


def put(path, text):
    """Replace the section that has the title of text, or append it. text begins with "# title"."""
    old = ''
    if os.path.exists(path):
        with open(path) as f:
            old = f.read()
    sections = [s for s in re.split(r'^(?=# )', old, flags=re.M) if s.strip()]
    titles = [s.split('\n', 1)[0] for s in sections]
    title, text = text.split('\n', 1)[0], text.rstrip('\n') + '\n'
    if title in titles:
        sections[titles.index(title)] = text
    else:
        sections.append(text)
    with open(path, 'w') as f:
        f.write('\n'.join(s.rstrip('\n') + '\n' for s in sections))
