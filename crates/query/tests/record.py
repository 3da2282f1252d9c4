"""Records what jmespath.py 1.0.1 does with the queries below into data/cases.json.

Needs jmespath 1.0.1 and Python 3.13 (sums of floats are compensated from 3.12 on):

    python record.py
"""

import json
import pathlib
import re

import jmespath

VALUES = {
    "plain": {
        "foo": {"bar": {"baz": "correct", "é": "accent"}, "n": None},
        "zoo": 1, "a": [0, 1, 2, 3, 4, 5], "b": {"z": 1, "a": 2, "m": None},
        "ints": [3, 1, 2], "floats": [1.5, -2.0, 0.1], "mixed": [1, 2.5, 2], "strings": ["b", "a", "é", "😀", "z"],
        "odd": [1, "a", None, True, [], {}], "nested": [[1, [2]], [3], 4, [], None], "empty": [], "nothing": {},
        "text": "añb😀", "yes": True, "no": False, "null": None, "zero": 0, "one": 1, "one_point": 1.0, "half": -0.5,
        "big": 12345678901234567890123456789012345678901234567890, "huge": 1e300,
        "people": [
            {"name": "Bo", "age": 30, "tags": ["x", "y"]}, {"name": "Al", "age": 20, "tags": []},
            {"name": "Cy", "age": 30, "tags": ["z"]}, {"name": "Di", "age": None},
        ],
        "quotes": ["it's", 'say "it"', "a\\b", "tab\t\n\r\u0001\u007f"],
    },
    "answer": {
        "domainInfos": [
            {"name": "d1", "status": "REGISTERED", "arn": "arn:1"},
            {"name": "d2", "status": "DEPRECATED", "description": "zwei", "arn": "arn:2"},
            {"name": "d3", "status": "REGISTERED", "description": "", "arn": "arn:3"},
        ],
        "NextToken": "eyJ9",
    },
    "list": [[1, 2, [3]], {"a": 1}, "x", None, True, 1, 1.0, 0, False, ""],
    "null": None,
}

QUERIES = {
    "plain": r"""
foo
foo.bar
foo.bar.baz
foo.bar."é"
foo.missing.bar
"foo"."bar"
"f\u006fo"
foo.*
foo.*.baz
*
*.bar
b.*
foo.n
zoo.bar
@
@.foo.n
a[0]
a[-1]
a[6]
a[-7]
a[99999999999999999999]
a[-99999999999999999999]
a[007]
a[-0]
zoo[0]
text[0]
a[0:2]
a[:2]
a[2:]
a[:]
a[::]
a[::2]
a[::-1]
a[-2:]
a[:-2]
a[4:1:-1]
a[10:0:-3]
a[-10:10]
a[::0]
a[1:2:0]
a[::99999999999999999999]
a[5:99999999999999999999]
zoo[:]
zoo[::0]
text[1:]
people[0:2].name
people[:2].tags[0]
people[0].tags[0:1]
nested[0][0:1]
nested[0][0:1].foo
nested[][0]
nested[]
nested[][]
nested[*]
nested[*][0]
nested[*][]
nested[0][1][0]
zoo[]
foo[]
[]
[*]
*[0]
people[*].name
people[*].tags[0]
people[*].tags[*]
people[*].tags[]
people[].tags | [0]
people[*].tags | [0]
people[?age > `20`].name
people[?age > `20`]
people[?age == `30`] | [0].name
people[?age].name
people[?!age].name
people[?tags].tags[]
people[?name == 'Al' || name == "name"].name
people[?age >= `20` && age <= `30`].name
people[?name < 'C'].name
people[?contains(tags, 'x')].name
people[?tags[?@ == 'z']].name
foo[?a]
people[?age == `30`][]
people[?age == `30`][0]
people[?age == `30`] | length(@)
people[*].{n: name, a: age}
people[*].[name, age]
people[].{zz: name, aa: age, zz: tags}
{b: zoo, a: yes}
{b: zoo, a: yes, b: text}
{"x y": zoo, "é": one}
{a: zoo b: one}
[zoo, text, missing]
[zoo]
null.[zoo]
null.{a: zoo}
missing.[a]
foo.[bar.baz, n]
foo.{x: bar.baz}
foo.bar | baz
foo | bar | baz
missing || zoo
empty || zoo
nothing || zoo
no || zoo
zero || one
text || zoo
foo && zoo
empty && zoo
yes && no || one
yes || no && one
(yes || no) && one
!yes
!no
!zero
!half
!text
!empty
!null
!!empty
!foo.bar
!(foo.bar)
!missing || zoo
zoo == one
zoo == one_point
yes == one
one == yes
zero == no
no == zero
one_point == yes
`[1]` == `[true]`
`{"a":0}` == `{"a":false}`
`[1]` == `[1.0]`
`{"a":1,"b":2}` == `{"b":2,"a":1}`
`{"a":1}` == `{"a":1,"b":2}`
null == missing
null != missing
text == 'x'
big == big
big > huge
big < huge
big == `1e49`
`9007199254740993` == `9007199254740992.0`
`9007199254740993` > `9007199254740992.0`
`1` < `1.5`
`-2` < `-1.5`
`-1` > `-1.5`
`NaN` == `NaN`
`NaN` < `1`
`1` >= `NaN`
`Infinity` > big
`-Infinity` < big
zoo < text
text > zoo
zoo <= text
'a' >= `1.5`
yes < no
null < zoo
a < a
'a' < 'b'
'é' > 'z'
'😀' > 'ﬀ'
zoo == one == yes
'raw'
'ra\'w'
'ra\\w'
'back\slash'
''
'é "q"'
`"json"`
`1`
`1.0`
`1e3`
`1E400`
`-0`
`-0.0`
`1.50`
`0.00001`
`123456789012345678901234567890`
`true`
`null`
`[1, "a", {"b": null}]`
`{"b": 1, "a": 2, "b": 3}`
`foo`
` foo `
`foo bar`
`01`
`1 2`
``
` `
`it's`
`a\`b`
`"a\`b"`
`"\u00e9"`
`\u00e9`
`é`
`NaN`
`-Infinity`
`{"a"`
`foo"bar`
`"foo`
`foo\x`
abs(`-1`)
abs(half)
abs(`-0.0`)
abs(big)
abs(text)
abs(yes)
abs(null)
abs()
abs(zoo, zoo)
avg(ints)
avg(floats)
avg(mixed)
avg(empty)
avg(odd)
avg(strings)
avg(text)
avg(`[123456789012345678901234567890]`)
avg()
ceil(half)
ceil(`1.2`)
ceil(zoo)
ceil(huge)
ceil(`NaN`)
ceil(`-Infinity`)
ceil(text)
ceil()
contains(text, 'ñ')
contains(text, 'x')
contains(text, '')
contains(text, zoo)
contains(text, null)
contains(text, empty)
contains(odd, 'a')
contains(odd, null)
contains(odd, `1.0`)
contains(odd, nothing)
contains(ints, yes)
contains(empty, zoo)
contains(foo, 'bar')
contains(zoo, zoo)
contains(text)
ends_with(text, '😀')
ends_with(text, '')
ends_with(text, zoo)
ends_with(zoo, text)
ends_with(text)
floor(half)
floor(`1.8`)
floor(huge)
floor(`NaN`)
floor(`Infinity`)
floor(empty)
join(', ', strings)
join('', empty)
join(zoo, strings)
join(',', odd)
join(',', ints)
join(',', text)
join(',')
keys(b)
keys(nothing)
keys(a)
keys()
length(text)
length(a)
length(foo)
length(empty)
length(zoo)
length(null)
length()
length(a, a)
map(&age, people)
map(&[0], nested)
map(&foo, empty)
map(age, people)
map(&age, foo)
map(&age)
max(ints)
max(mixed)
max(strings)
max(empty)
max(odd)
max(`["a", 1]`)
max(`[null]`)
max(`[true]`)
max(zoo)
max(`[1, 1.0]`)
max(`[1.0, 1]`)
max_by(people[:3], &age)
max_by(people[:3], &name)
max_by(people, &age)
max_by(empty, &age)
max_by(people, age)
max_by(foo, &age)
max_by(odd, &@)
max_by(odd[:2], &@)
max_by(people)
merge(b, foo)
merge(b, `{"a": 9, "q": 1}`)
merge(b)
merge(nothing, nothing)
merge()
merge(zoo)
merge(b, zoo)
merge(b, null)
merge(b, half)
merge(b, empty)
merge(b, '')
merge(b, text)
merge(b, strings)
merge(b, people)
merge(b, ints)
merge(b, &a)
min(ints)
min(mixed)
min(strings)
min(empty)
min(odd)
min_by(people[:3], &age)
min_by(people[:3], &name)
min_by(people, &age)
min_by(empty, &age)
min_by(odd[:2], &@)
not_null(missing, null, zoo, text)
not_null(missing)
not_null()
reverse(a)
reverse(text)
reverse(empty)
reverse('')
reverse(zoo)
reverse(foo)
sort(ints)
sort(mixed)
sort(strings)
sort(empty)
sort(odd)
sort(`["a", 1]`)
sort(`[1, "a"]`)
sort(zoo)
sort(`[2, 1.0, 1, 2.0]`)
sort_by(people[:3], &age)[*].name
sort_by(people[:3], &name)[*].name
sort_by(people, &age)
sort_by(people, &missing)
sort_by(empty, &age)
sort_by(people, age)
sort_by(odd, &@)
sort_by(odd[1:], &@)
sort_by(people)
starts_with(text, 'añ')
starts_with(text, 'b')
starts_with(text, yes)
sum(ints)
sum(floats)
sum(mixed)
sum(empty)
sum(strings)
sum(odd)
sum(text)
sum(`[0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]`)
sum(`[1e100, 1.0, -1e100]`)
sum(`[9223372036854775807, 1]`)
sum(`[99999999999999999999, -1, 0.5]`)
sum(`[0.5, 99999999999999999999, 0.1]`)
sum(`[-5, 3]`)
sum(`[-99999999999999999999, 100000000000000000000]`)
to_array(zoo)
to_array(a)
to_array(null)
to_array(foo)
to_array()
to_number('1')
to_number(' 12 ')
to_number('+1_000')
to_number('1.5')
to_number('.5')
to_number('5.')
to_number('1e3')
to_number('1_0.5')
to_number('1__0')
to_number('inf')
to_number('-Infinity')
to_number('nan')
to_number('0x10')
to_number('')
to_number('-')
to_number('abc')
to_number('12345678901234567890123')
to_number(zoo)
to_number(half)
to_number(yes)
to_number(null)
to_number(a)
to_number()
to_number(&a)
to_string(zoo)
to_string(one_point)
to_string(huge)
to_string(text)
to_string(a)
to_string(foo)
to_string(quotes)
to_string(null)
to_string(yes)
to_string(strings)
to_string(`NaN`)
to_string(`"\u007f"`) == to_string('x')
to_string()
type(zoo)
type(half)
type(text)
type(yes)
type(null)
type(a)
type(foo)
type(&foo)
type()
values(b)
values(nothing)
values(a)
values()
unknown(zoo)
unknown()
unknown(abs(text))
abs(unknown(zoo))
Length(text)
(length)(text)
("length")(text)
foo.length(@)
foo.keys(@)
foo.bar.length(baz)
@.length(text)
length(text,)
contains(text 'b')
length(quotes[0]) == `4`
length(&foo)
abs(people)
abs(quotes)
abs(nested)
abs(foo)
join(',', quotes[0])
&foo
[&foo]
&foo == &foo
to_string(&foo)
map(&map(&@, @), nested[:2])
map([&age][0], people)
sort_by(people[:3], &age && name)
[&map(@[0], [@])] | map(@[0], [@])
people[*].tags.length(@)
people[?length(not_null(tags, `[]`)) > `1`].name
foo.bar.baz.{a: @}
foo.{a: *}
a[?@ > `2`] | [?@ < `5`] | [0]
a | [::2] | sum(@)
foo[
foo.
foo bar
foo[bar]
foo-bar
a#b
foo.[
foo.{
foo.{a
foo.{a:
foo.{a: b
foo.{a: b,
foo.{a: b,}
foo.{a}
foo.{'a': b}
foo.{1: b}
foo.{}
{}
[
[]]
]
)
}
(
()
(foo
foo)
foo}
foo]
foo.1
foo.'a'
foo.`a`
foo.(bar)
foo.&bar
foo.!bar
foo..bar
.foo
foo |
| foo
|| foo
foo ||
foo && 
foo | | bar
foo ==
== foo
foo = bar
=
foo=
foo === bar
foo > > bar
foo[?
foo[?bar
foo[?bar == 'a'
foo[?]
foo[0
foo[0:
foo[0:1
foo[0:1:2:3]
foo[0:1:2
foo[a:b]
foo[0,1]
foo[0 1]
foo[:1 2]
foo[:'a']
foo[*
foo[*]bar
foo[*].
foo*
foo.*bar
foo.*.
*foo
**
*.*
foo "bar"
foo 'bar'
foo `[1, "a", null, true, 1.5]`
foo `{"a": 1}`
foo 12
foo -12
12
-12
-
--1
foo @
foo !
foo {
foo &bar
foo(
foo(bar
foo(bar,
foo(,)
"foo"(bar)
 "foo" (bar)
foo."bar"(baz)
@(foo)
foo[0](bar)
'foo'(bar)
`1`(bar)
foo.*(bar)
foo()(bar)
!
!!
&
&&
&)
@@
@foo
:
,
foo, bar
foo:bar
*[
"foo
'foo
`foo
"foo\
'foo\'
`foo\`
"\x"
"\u12"
"a\ud83d\ude00"
é
foo.é
é.foo
foo é
'é' 'é'
'😀' foo
"é😀" bar
"é" #
%
foo%
foo;
foo ?
~
$
^
+
/
\
foo + bar
foo[0]bar
foo[0].
foo[0]..bar
foo[0][
foo[].
foo[]bar
[0]]
[foo,]
[foo bar]
[,]
[*
[*.a]
[*, a]
[a, *]
{a: b}}
{a: b c}
{a b}
{"a" b}
a == b c
a || b c
(a b)
a[?b c]
f(a b c)
f(a,,b)
f(a]
f(a}
[a)
""",
    "answer": r"""
domainInfos[].name
domainInfos[].{N:name,S:status}
length(domainInfos)
domainInfos[?status=='REGISTERED'].name
domainInfos[?starts_with(name, 'd')].[name, description]
domainInfos[*].description
sort_by(domainInfos, &status)[].name
reverse(sort_by(domainInfos, &name))[0].arn
domainInfos[-1].name
domainInfos[0:2].name | join(', ', @)
NextToken
nextPageToken
{Names: domainInfos[*].name, Token: NextToken}
domainInfos[?description].name
domainInfos[?!description].name
domainInfos[?description != null].name
domainInfos[?description != `null`].name
max_by(domainInfos, &arn).name
domainInfos[*].not_null(description, name)
domainInfos[*].length(name)
keys(@)
values(domainInfos[0])
domainInfos[0].*
merge(domainInfos[0], domainInfos[1])
map(&description, domainInfos)
to_string(domainInfos[0])
domainInfos[?contains(name, '1') || status == 'DEPRECATED'] | [*].name
""",
    "list": r"""
[]
[0]
[*]
[*].a
[1].a
[?@ == `1`]
[?@ == `true`]
[?@ == `0`]
[?@ == `false`]
[?@]
[?!@]
[*].type(@)
[*].to_string(@)
contains(@, `1`)
contains(@, 'x')
@[0][2][0]
[0:1][0]
[][]
[-1]
length(@)
reverse(@)
[*].[@]
[*].{v: @}
*
""",
    "null": r"""
@
foo
[0]
[]
[*]
*
[foo]
{a: foo}
length(@)
type(@)
to_string(@)
to_array(@)
not_null(@, 'x')
!@
@ == `null`
@ || 'x'
""",
}

# Lines cannot show these.
ODD = [
    "", " ", "\n", "foo\n.bar", "foo\nbar", "foo\tbar", "'a\nb' c", "\"a\nb\"", "`\"a\nb\"`", "`a\nb`", "` \n1\t`",
    "`\u001c x`", "\ufeff", "`\ufeff1`", "foo\u00a0", "\u0000", "1" * 4301, "a[" + "0" * 4301 + "]", "`" + "1" * 4301 + "`",
    "to_number('" + "1" * 4301 + "')", "abs(`" + "9" * 400 + "`)", "avg(`[" + "9" * 400 + "]`)",
    "'" + "a" * 20 + "' ==", "to_number('\u001c 1\u00a0')",
]


def shown(thing):
    """An expression reference without its address in memory."""
    return re.sub(r" at 0x[0-9a-f]+>", ">", str(thing))


def outcome(query, value):
    try:
        compiled = jmespath.compile(query)
    except Exception as error:
        return "compile", shown(error)
    try:
        result = compiled.search(value)
        return "result", json.loads(shown(json.dumps(result, default=str)))
    except Exception as error:
        return "search", shown(error)


def record(path):
    assert jmespath.__version__ == "1.0.1", jmespath.__version__
    groups = []
    for name, value in VALUES.items():
        queries = QUERIES[name].strip("\n").split("\n")
        if name == "plain":
            queries += ODD
        lines = [json.dumps([query, *outcome(query, value)]) for query in queries]
        cases = ",\n".join(lines)
        groups.append(f'{{"value": {json.dumps(value)},\n"cases": [\n{cases}\n]}}')
    path.write_text("[" + ",\n".join(groups) + "]\n")


if __name__ == "__main__":
    record(pathlib.Path(__file__).parent / "data" / "cases.json")
