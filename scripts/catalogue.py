"""The catalogue of findings, core/base/findings.def, for scripts."""
import collections
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
ENTRY = re.compile(r'^FINDING\(\w+,\s*(\w+),\s*(\w+),\s*(\w+),\s*\w+,\s*(READY|PENDING),\s*' + STRINGS + r',\s*' + STRINGS, re.M)
Finding = collections.namedtuple('Finding', 'id stage severity ready title')


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8') as file:
        return file.read()


def text_of(literals):
    """What C makes of string literals that follow each other."""
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"').replace('\\\\', '\\')


def advice():
    """The advice of each entry by its ID, the last text of the entry."""
    last = re.compile(r'^FINDING\((\w+),(?:[^"]|"(?:[^"\\]|\\.)*")*?' + STRINGS + r'\)$', re.M)
    return {id: text_of(literals) for id, literals in last.findall(read('core/base/findings.def'))}


def catalogue():
    """All entries, in their order."""
    return [Finding(id, stage.lower(), severity.lower(), state == 'READY', ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', title)))
            for id, stage, severity, state, _, title in ENTRY.findall(read('core/base/findings.def'))]
