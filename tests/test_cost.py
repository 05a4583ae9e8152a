"""What plans cost, as the person who pays would reckon it."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise

import jsonschema
import pytest
from conftest import ROOT, run
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import situations

from adaptadvisor import advise, load_table
from adaptadvisor.costs import formulas as do
from adaptadvisor.costs import money
from adaptadvisor.costs.assumed import ASSUMED, CHANGES, OUTPUTS, READS
from adaptadvisor.costs.breakeven import difference, turn, turning_volume, worth
from adaptadvisor.costs.cost import amount_words, cost
from adaptadvisor.costs.inputs import amounts, values
from adaptadvisor.costs.money import Way, parts, range_of, total
from adaptadvisor.costs.prices import UNITS, Prices, of_flags, read
from adaptadvisor.costs.spans import exactly, span_of
from adaptadvisor.engine.decide import engine_for
from adaptadvisor.errors import BadInput
from adaptadvisor.render.cost import render
from adaptadvisor.table.ranges import Range

TABLE = load_table()
TICKETS = {
    "task": "label", "examples": 1200, "classes": 12, "requests_per_day": 20_000,
    "input_tokens": 300, "task_changes": "never",
}  # fmt: skip
POLICIES = {"task": "answer", "private_knowledge": True, "corpus_tokens": 5_000_000}
FILE = """\
currency: EUR
as_of: 2026-11-01
input_per_million_tokens: 2
output_per_million_tokens: 8
cache_write_per_million_tokens: 2.5
cache_read_per_million_tokens: 0.2
tuned_input_per_million_tokens: 3
tuned_output_per_million_tokens: 12
training_per_million_tokens: 20
embedding_per_million_tokens: 0.1
index_month: 60
gpu_hour: 1.5..3
server_hour: 0.2
label: 0.5
engineering_day: 700
"""
PRICES = read(FILE, "prices.yaml")
WAYS = [
    Way(plan=("prompt",), host="api"),
    Way(plan=("prompt",), host="own"),
    Way(plan=("prompt",), host="api", pastes=True),
    Way(plan=("rag",), host="api"),
    Way(plan=("task_head",), host="own"),
    Way(plan=("lora",), host="own"),
    Way(plan=("lora",), host="hosted"),
    Way(plan=("rag", "lora"), host="hosted"),
    Way(plan=("full",), host="own"),
]
EVERY_WAY = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.id)
ROUGHLY = pytest.approx


def bill(way, known, when=None):
    return total(parts(way, frozenset(known)), when)


def known_amounts(facts=(), prices=PRICES, **stated):
    return amounts(TABLE, dict(facts), prices, {key: exactly(one) for key, one in stated.items()})


# ---- published studies, worked by hand ----


def test_t_few_trains_for_what_some_twenty_answers_of_a_prompted_gpt_3_take():
    """Liu et al. 2022, section 4.2 (the lengths from memory): 41 shots of 98 tokens and a question
    of 103 for 175B parameters against 103 tokens for 11B; 1,000 steps of 8 sequences to train.
    """
    prompted = do.money_of_tokens(41 * 98 + 103, 2 * 175e9 * 1e6)
    tuned = do.money_of_tokens(103, 11e9 * 1e6)  # an encoder and a decoder share the tokens
    assert prompted / tuned > 1000, "more than a thousand times fewer FLOPs an answer"
    training = 3 * 11e9 * 1000 * 8 * 103
    assert do.pay_back_requests(training, prompted, tuned) == ROUGHLY(19, abs=1)
    hours = do.training_gpu_hours(11, 1000 * 8 * 103, 3, 1.5e13)
    assert hours == ROUGHLY(0.5, abs=0.05), "half an hour on one card"


@pytest.mark.parametrize(
    ("answered", "tokens", "cheaper"), [(0.768, 0.152, 65), (0.574, 0.188, 39)]
)
def test_self_route_is_65_and_39_percent_cheaper(answered, tokens, cheaper):
    """Li et al. 2024: the share that retrieval answers, and its tokens, from memory."""
    share = do.retrieving_first_share(tokens, 1 - answered)
    assert 100 * (1 - share) == ROUGHLY(cheaper, abs=4)


def test_caching_pays_from_22_percent_of_hits_which_are_71_requests_a_day_at_5_minutes():
    assert do.break_even_hit_rate(1, 1.25, 0.1) == ROUGHLY(0.217, abs=0.001)
    assert do.break_even_hit_rate(1, 2, 0.1) == ROUGHLY(0.526, abs=0.001)
    assert do.break_even_caching_requests_per_day(1, 1.25, 0.1, 5) == ROUGHLY(71, abs=1)
    assert do.hit_rate(71, 5) == ROUGHLY(0.22, abs=0.005)
    assert do.break_even_caching_requests_per_day(1, 2, 1.5, 5) is None


def test_pasting_pays_up_to_ten_times_the_retrieved_tokens_where_reading_a_cache_costs_a_tenth():
    retrieved = do.money_of_tokens(2000, 1.0)
    assert do.pasting_pays_below_tokens(retrieved, 0.1) == ROUGHLY(20_000)


def test_an_own_gpu_pays_from_its_rent_over_what_a_request_saves():
    day = 24 * 2.0
    assert do.break_even_requests_per_day(day, 0.0013, 0.0001) == ROUGHLY(40_000)
    assert do.break_even_requests_per_day(day, 0.0001, 0.0001) == math.inf, "never"
    assert do.pay_back_days(1200, 0.0012, 50_000, day) == ROUGHLY(100)
    assert do.pay_back_days(1200, 0.0012, 40_000, day) == math.inf
    assert do.pay_back_requests(100, 0.001, 0.002) == math.inf


def test_a_prompt_by_hand():
    """1,000 requests a day of 100 + 400 tokens read and 50 written, at 2 and 8 a million."""
    plain = read("currency: EUR\nas_of: 2026-11-01\ninput_per_million_tokens: 2\n"
                 "output_per_million_tokens: 8\n", "p")  # fmt: skip
    known = known_amounts(
        {"requests_per_day": 1000, "input_tokens": 100}, plain,
        output_tokens=50, instruction_tokens=400, shots=0,
    )  # fmt: skip
    [part] = [one for one in parts(WAYS[0], frozenset(known)) if one.vital]
    assert range_of(part.money, known) == exactly(ROUGHLY(30.4 * 1000 * (500 * 2 + 50 * 8) / 1e6))


def test_a_head_on_a_gpu_by_hand():
    only = read("currency: EUR\nas_of: 2026-11-01\ngpu_hour: 2\nlabel: 0.5\n", "p")
    known = known_amounts(
        {"requests_per_day": 864_000, "input_tokens": 1000, "examples": 100}, only,
        encoder_tokens_per_second=20_000, peak_over_mean=5, head_examples=300,
    )  # fmt: skip
    head = WAYS[4]
    # 10 requests a second, 50 at the peak, each a twentieth of a second: 3 GPUs
    assert money.gpus(head, values(known)) == 3
    named = {part.name: part for part in parts(head, frozenset(known))}
    rent = named["GPUs that serve requests"]
    assert rent.money(values(known)) == ROUGHLY(3 * 2 * 24 * 30.4)
    assert named["labels to train on"].money(values(known)) == ROUGHLY(100)


def test_a_head_on_servers_without_a_gpu_by_hand():
    """1.25 million tokens a minute at the peak are 20,833 a second: 11 servers of 2,000 each."""
    only = read("currency: EUR\nas_of: 2026-11-01\nserver_month: 30\n", "p")
    known = known_amounts(
        {"requests_per_day": 360_000, "input_tokens": 1000}, only,
        server_tokens_per_second=2000, peak_over_mean=5,
    )  # fmt: skip
    assert money.servers(WAYS[4], values(known)) == 11
    [part] = [one for one in parts(WAYS[4], frozenset(known)) if one.vital]
    assert part.prices == ("server_month",)
    assert range_of(part.money, known) == exactly(ROUGHLY(330))


def test_a_head_is_priced_on_the_cheaper_machine_and_the_answer_says_on_which():
    def told(**prices):
        given = of_flags([f"{name}={price}" for name, price in prices.items()], "EUR")
        found = cost(TABLE, TICKETS, given, plan=("task_head",))
        return {way.id: way for way in found.ways}["task_head@own"].month, " ".join(found.says)

    gpu, says = told(gpu_hour=2)
    assert "priced on a GPU that is always on" in says
    assert "server_month" in says
    server, says = told(gpu_hour=2, server_month=40)
    assert "a server without a GPU that is always on, or on a GPU" in says
    assert server.likely < gpu.likely
    by_hour, says = told(server_hour=40 / (24 * 30.4))
    assert "or on a GPU" not in says
    assert by_hour.likely == ROUGHLY(told(server_month=40)[0].likely)


def test_a_large_model_needs_the_cards_that_hold_it_even_for_one_request():
    known = known_amounts({"requests_per_day": 1, "model_params_b": 70}, card_gb=80)
    assert money.gpus(WAYS[5], values(known)) == 3


# ---- laws ----

VOLUMES = st.integers(0, 10**8)


@EVERY_WAY
@settings(max_examples=60)
@given(one=VOLUMES, more=VOLUMES)
def test_more_volume_is_never_cheaper(way, one, more):
    few, many = (
        range_of(bill(way, known, "month"), known)
        for known in (known_amounts({"requests_per_day": n}) for n in sorted((one, more)))
    )
    slack = 1 + 1e-9
    assert few.low <= many.low * slack
    assert few.likely <= many.likely * slack
    assert few.high <= many.high * slack


@settings(max_examples=300)
@given(
    volumes=st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)),
    plain=st.floats(0.01, 100), write=st.floats(0.01, 300), read_=st.floats(0, 100),
    life=st.floats(0.1, 1440),
)  # fmt: skip
def test_a_cache_is_never_dearer_than_none_by_the_hour_nor_cheaper_with_more_requests(
    volumes, plain, write, read_, life
):
    few, many = (
        do.prefix_money_per_day(
            n, 1e6, plain=plain, write=write, read=read_, cache_life_minutes=life
        )
        for n in sorted(volumes)
    )
    assert few <= many * (1 + 1e-9) + 1e-9
    assert many <= max(volumes) * plain * (1 + 1e-9) + 1e-9


@EVERY_WAY
@settings(max_examples=60)
@given(data=st.data())
def test_a_range_holds_its_likely_place_and_shrinks_when_an_amount_gets_known(way, data):
    known = known_amounts()
    key = data.draw(st.sampled_from([one for one in known if known[one].span.width]))
    span = known[key].span
    number = data.draw(st.floats(span.low, span.high))
    narrower = {**known, key: type(known[key])(**{**_fields(known[key]), "span": exactly(number)})}
    for when in ("once", "month", None):
        wide = range_of(bill(way, known, when), known)
        small = range_of(bill(way, narrower, when), narrower)
        assert wide.low <= wide.likely <= wide.high
        assert small.low <= small.likely <= small.high
        assert wide.low <= small.low * (1 + 1e-9)
        assert small.high <= wide.high * (1 + 1e-9)


def _fields(amount):
    return {name: getattr(amount, name) for name in amount.__slots__}


@EVERY_WAY
@settings(max_examples=30)
@given(data=st.data())
def test_no_amount_inside_the_ranges_gives_a_bill_outside_of_its_range(way, data):
    known = known_amounts()
    inside = {
        key: data.draw(st.floats(one.span.low, one.span.high), key) for key, one in known.items()
    }
    whole = range_of(bill(way, known), known)
    assert whole.low * (1 - 1e-9) <= bill(way, known)(inside) <= whole.high * (1 + 1e-9)


@settings(max_examples=100)
@given(data=st.data())
def test_at_the_break_even_the_order_really_turns(data):
    one, two = data.draw(st.permutations(WAYS))[:2]
    known = known_amounts()
    first, second = bill(one, known), bill(two, known)
    at = values(known)
    volume = turning_volume(first, second, at)

    def saves(requests):
        v = {**at, "requests_per_day": requests}
        return second(v) < first(v)

    if volume == 0:
        assert saves(1.0)
    elif math.isinf(volume):
        assert not saves(1.0)
        assert not saves(1e6)
    else:
        assert saves(volume * (1 + 1e-9))
        assert not saves(volume * (1 - 1e-9))


def test_the_search_for_the_turn_agrees_with_the_formula():
    day, api, own = 48.0, 0.0013, 0.0001

    def hosted(v):
        return v["requests_per_day"] * api

    def mine(v):
        return day + v["requests_per_day"] * own

    wanted = do.break_even_requests_per_day(day, api, own)
    assert turning_volume(hosted, mine, {"requests_per_day": 1}) == ROUGHLY(wanted, rel=1e-6)
    assert turning_volume(lambda _: 0.0, mine, {"requests_per_day": 1}) == math.inf


def test_what_moves_both_bills_moves_them_together():
    known = known_amounts()
    same = bill(WAYS[0], known)
    assert difference(same, same, known) == exactly(0)
    found = turn(same, same, known)
    assert (found.low, found.likely, found.high) == (None, None, None)


def test_the_amount_that_is_worth_most_to_know_narrows_the_range_most():
    known = known_amounts(TICKETS)
    mine = bill(WAYS[0], known)
    whole = range_of(mine, known)
    found = worth(mine, known)
    assert found
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    for one in found:
        certain = exactly(known[one.amount].span.likely)
        narrower = {**known, one.amount: type(known[one.amount])(
            **{**_fields(known[one.amount]), "span": certain})}  # fmt: skip
        left = range_of(mine, narrower)
        assert 1 - left.width / whole.width == ROUGHLY(one.share)


def test_every_answer_lies_within_what_is_assumed_without_it():
    for key, spans in (
        ("changes_per_month", CHANGES), ("corpus_reads_per_month", READS),
        ("output_tokens", OUTPUTS),
    ):  # fmt: skip
        whole = ASSUMED[key].span
        for span in spans.values():
            assert whole.low <= span.low <= span.likely <= span.high <= whole.high, key
    for row in ASSUMED.values():
        assert row.span.low <= row.span.likely <= row.span.high, row.name
        assert row.because
        assert row.source in ("", *TABLE.sources), row.name


def test_an_open_range_and_a_range_from_nothing_have_a_likely_place_inside():
    for value in (Range(1000, 1e15, more=True), Range(0, 99), Range(0, 1e15, more=True)):
        span = span_of(value)
        assert span.low <= span.likely <= span.high < 1e15


# ---- prices ----

HEAD = "currency: EUR\nas_of: 2026-11-01\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "gpu_hour: -2", 'p.yaml:3:11: error[out-of-range]: "gpu_hour" is -2'),
        (HEAD + "gpu_hour: cheap", 'p.yaml:3:11: error[not-a-number]: "gpu_hour" is "cheap"'),
        (HEAD + "gpu_hours: 2", 'p.yaml:3:1: error[unknown-price]: there is no price "gpu_hours"; did you mean "gpu_hour"?'),
        (HEAD + "gpu_hour: .nan", "p.yaml:3:11: error["),
        (HEAD + "gpu_hour: 3..1", "p.yaml:3:11: error[reversed-range]"),
        (HEAD + "gpu_hour: [1]", "p.yaml:3:11: error[wrong-type]"),
        (HEAD + "gpu_hour:", "p.yaml:3:10: error[missing-value]"),
        ("currency: EUR\ngpu_hour: 2", "p.yaml: error[missing-value]: no as_of"),
        ("as_of: 2026-11-01\ngpu_hour: 2", "p.yaml: error[missing-value]: no currency"),
        ("currency: EUR\nas_of: soon", 'p.yaml:2:8: error[bad-date]: "as_of" is "soon"'),
        ("currency: [1]\nas_of: 2026-11-01", "p.yaml:1:11: error[bad-currency]"),
        ("- 1", "p.yaml:1:1: error[not-a-mapping]"),
        ('{"currency": "EUR", "as_of": "2026-11-01", "label": -1}', "p.yaml:1:53: error[out-of-range]"),
    ],
)  # fmt: skip
def test_a_price_that_is_none_gets_one_line_with_its_place(text, says):
    with pytest.raises(BadInput) as error:
        read(text, "p.yaml")
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "word", ["gpu_hour", "gpu_hour=-1", "gpu=2", "gpu_hour=1e99", "gpu_hour=?"]
)
def test_a_price_flag_that_is_none_gets_one_line(word):
    with pytest.raises(BadInput, match=r"^--price: error\[[^\n]*$"):
        of_flags([word])


def test_every_price_can_be_given_by_file_and_by_flag():
    text = "".join(f"{key}: 1..2\n" for key in UNITS)
    found = read(HEAD + text, "p").of
    assert set(found) == set(UNITS)
    assert of_flags([f"{key}=1..2" for key in UNITS]).of == found


def test_two_currencies_are_never_added():
    with pytest.raises(BadInput, match="two-currencies"):
        of_flags(["gpu_hour=2"], "USD").over(PRICES)


def test_a_flag_wins_over_the_file():
    assert of_flags(["gpu_hour=9"], "EUR").over(PRICES).of["gpu_hour"] == exactly(9)


def test_prices_from_the_list_name_their_release():
    pytest.importorskip("genai_prices")
    from adaptadvisor.costs.price_list import prices_of

    found = prices_of("openai:gpt-4o")
    assert found.currency == "USD"
    assert re.match(r"genai-prices \d+\.\d+\.\d+ \(openai:gpt-4o\)", found.as_of)
    assert found.of["input_per_million_tokens"].likely > 0
    with pytest.raises(BadInput, match=r"^--price-of: error\[unknown-choice\]"):
        prices_of("no-such-model")


# ---- the answer ----


def test_without_prices_no_bill_is_guessed():
    found = cost(TABLE, TICKETS, Prices())
    assert all(way.month is None for way in found.ways)
    assert not found.break_even
    assert "not known" in found.headline
    assert any("gpu_hour" in line for line in found.says)


def test_the_advised_plan_is_first_and_compared_with_the_prompt():
    found = cost(TABLE, TICKETS, PRICES)
    assert found.plan == advise(TABLE, TICKETS).plan
    assert found.ways[0].verdict == "advised"
    pairs = [{one.first, one.second} for one in found.break_even]
    assert {"prompt@api", "task_head@own"} in pairs


def test_advice_does_not_change_with_prices():
    before = advise(TABLE, TICKETS)
    cost(TABLE, TICKETS, PRICES)
    assert advise(TABLE, TICKETS) == before


def test_where_the_ranges_cross_it_says_that_the_number_decides_nothing():
    found = cost(TABLE, TICKETS, PRICES)
    for one in found.break_even:
        assert (one.now == "open") == (one.dearer.low <= 0 <= one.dearer.high)
        assert ("decides nothing" in one.says) == (one.now == "open")


def test_at_half_and_twice_the_volume_a_month_is_shown():
    [way] = [one for one in cost(TABLE, TICKETS, PRICES).ways if one.id == "prompt@api"]
    assert [at.requests_per_day for at in way.volumes] == [10_000, 20_000, 40_000]
    assert way.volumes[1].month == way.month


def test_a_corpus_that_the_plan_pastes_is_paid_for_with_every_request():
    facts = {**POLICIES, "corpus_tokens": 20_000}
    found = cost(TABLE, facts, PRICES)
    advised = [way for way in found.ways if way.verdict == "advised"]
    pastes = any(one.id == "paste-corpus" for one in advise(TABLE, facts).variants)
    assert pastes
    assert [way.id for way in advised] == ["prompt:paste-corpus@api"]


@pytest.mark.parametrize(
    ("budget", "says"),
    [(10**6, "state --prompt-affordable"), (1, "state --no-prompt-affordable"), (1000, "told yet")],
)
def test_a_budget_says_whether_the_prompt_is_affordable(budget, says):
    facts = {"task": "write", "requests_per_day": 1000}
    found = cost(TABLE, facts, PRICES, plan=("prompt",), budget=budget)
    assert any(says in line for line in found.says)


@settings(max_examples=25, deadline=None)
@given(facts=situations(TABLE, engine_for(TABLE)))
def test_every_situation_has_bills_in_order_or_says_which_prices_they_take(facts):
    found = cost(TABLE, facts, PRICES)
    assert found.headline
    for way in found.ways:
        for span in (way.setup, way.month, way.year):
            assert bool(span) != bool(way.missing)
            assert span is None or 0 <= span.low <= span.likely <= span.high
        for few, many in pairwise(at.month for at in way.volumes):
            slack = 1 + 1e-9
            assert few.low <= many.low * slack
            assert few.likely <= many.likely * slack
            assert few.high <= many.high * slack
    for one in found.break_even:
        low, likely, high = (
            math.inf if end is None else end for end in (one.low, one.likely, one.high)
        )
        assert low <= likely <= high


@pytest.mark.parametrize("facts", [TICKETS, POLICIES, {}], ids=["tickets", "policies", "nothing"])
def test_every_format_names_the_same_numbers(facts):
    found = cost(TABLE, facts, PRICES)
    shown = {form: render(found, form, width=100) for form in ("text", "md", "html")}
    flat = {form: " ".join(text.replace("\\", "").split()) for form, text in shown.items()}
    told = [span for way in found.ways for span in (way.setup, way.month, way.year) if span]
    assert told
    for span in told:
        for form, text in flat.items():
            assert amount_words(span, "EUR") in text, form
    for one in found.break_even:
        for form, text in flat.items():
            assert one.says in text, form
    data = json.loads(render(found, "json"))
    jsonschema.Draft202012Validator(
        json.loads((ROOT / "adaptadvisor/schemas/cost-1.json").read_text(encoding="utf-8"))
    ).validate(data)
    assert [way["month"] for way in data["ways"]] == [
        way.month and {"low": way.month.low, "likely": way.month.likely, "high": way.month.high}
        for way in found.ways
    ]


def test_markdown_draws_where_the_order_turns_on_one_scale():
    found = cost(TABLE, TICKETS, PRICES)
    text = render(found, "md")
    _, block, _ = text.split("```")
    lines = block.splitlines()
    bars = [line for line in lines if line.startswith(" [")]
    assert len(bars) > 0
    [scale] = [line for line in lines if line.endswith("requests a day")]
    [here] = [line for line in lines if line.endswith("your volume")]
    at = {label: scale.index(f" {label} ") + 1 for label in ("1k", "10k", "100k")}
    assert at["10k"] < here.index("^") < at["100k"], "20,000 requests a day"
    drawn = [one for one in found.break_even if one.low is not None]
    for one, line in zip(drawn, bars, strict=True):
        if one.likely is not None and 1000 < one.likely < 100_000:
            assert at["1k"] <= line.index("|") <= at["100k"]


def test_a_title_is_no_markup():
    found = cost(TABLE, TICKETS, PRICES, title="<script>x</script>")
    assert "<script>" not in render(found, "html")


# ---- the command ----


def test_the_command_writes_a_page(capsys, tmp_path):
    (tmp_path / "prices.yaml").write_text(FILE, encoding="utf-8")
    page = tmp_path / "cost.html"
    words = ["--task", "label", "--examples", "1200", "--classes", "12"]
    assert run(["cost", *words, "--prices", str(tmp_path / "prices.yaml"), "-o", str(page)]) == 0
    assert "<svg" in page.read_text(encoding="utf-8")
    assert run(["cost", *words, "--prices", str(tmp_path / "prices.yaml")]) == 0
    assert "as of 2026-11-01" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--plan", "magic"],
        ["--assume", "output_tokens=-3"],
        ["--assume", "tokens=3"],
        ["--assume", "card_gb=0"],
        ["--price", "gpu_hour=-3"],
        ["--prices", "nowhere.yaml"],
        ["--requests-per-day", "-5"],
        ["--budget", "-1"],
        ["--currency", "<b>"],
        ["--requests-per-day", "1e99"],
    ],
    ids=" ".join,
)
def test_nonsense_gets_one_line(capsys, words):
    assert run(["cost", "--task", "label", *words]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert sum("error[" in line for line in lines) == 1
    assert not any("Traceback" in line for line in lines)


def test_a_plan_that_is_named_is_shown_beside_the_others():
    found = cost(TABLE, TICKETS, PRICES, plan=("rag", "lora"))
    assert found.of.startswith("rag+lora@")
