"""Starting up: what a small input loads, and the same answers with and without the compiler."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import SAMPLES
from numba.core.caching import FunctionCache
from numba.core.registry import cpu_target

from textclean import NearDuplicateIndex
from textclean.cli import notices
from textclean.dedup import measures
from textclean.kernels import jit
from textclean.kernels.compiling import Watch
from textclean.kernels.machine_code import MachineCode

ARTICLE = (SAMPLES / "article.txt").read_bytes()
RECORDS = (SAMPLES / "articles.jsonl").read_bytes()


def command(*arguments, stdin=b"", **environment):
    code = (
        "import sys, textclean.cli as cli\n"
        "code = cli.exit_code(sys.argv[1:])\n"
        "print('numba' in sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_one_article_through_all_stages_loads_no_compiler():
    done = command("--quiet", stdin=ARTICLE)
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == [b"False"]


def test_much_text_is_worth_the_compiler():
    text = b"".join(b"The pier number %d opens at noon. " % n for n in range(40_000))
    for choice in ("compiled", "auto"):  # the first leaves machine code
        done = command("--quiet", "--stages", "mojibake", stdin=text, TEXTCLEAN_KERNELS=choice)
    assert done.stdout == text
    assert done.stderr.split() == [b"True"]


@pytest.mark.parametrize(("begin", "loads"), [("own_process()", False), ("None", True)])
def test_the_compiler_loads_linear_algebra_only_in_a_process_of_others(begin, loads):
    code = (
        "import sys\n"
        "from textclean.kernels.compiler import load_tables, own_process\n"
        f"{begin}\n"
        "load_tables()\n"
        "import numba.np.arraymath\n"
        f"assert ('scipy.linalg' in sys.modules) is {loads}\n"
        "import scipy.linalg.cython_blas"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_loads_no_linear_algebra_and_of_the_compiler_only_what_runs_kept_code():
    code = (
        "import sys, textclean.cli as cli\n"
        "try:\n"
        "    cli.run()\n"
        "except SystemExit:\n"
        "    names = ('numba', 'scipy.linalg', 'numba.np.arraymath', 'numba.np.arrayobj')\n"
        "    print(*(name in sys.modules for name in names), file=sys.stderr)"
    )
    for _ in range(2):  # the first leaves machine code
        done = subprocess.run(
            [sys.executable, "-c", code, "--quiet"],
            input=RECORDS,
            capture_output=True,
            check=True,
            env={**os.environ, jit.SWITCH: "compiled"},
        )
        assert done.stderr.split()[-4:-2] == [b"True", b"False"]
    assert done.stderr.split()[-2:] == [b"False", b"False"]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads in /proc")
def test_the_command_starts_no_threads_for_linear_algebra_that_nobody_asked_for():
    code = (
        "import os, sys, textclean.cli as cli\n"
        "try:\n"
        "    cli.run()\n"
        "except SystemExit:\n"
        "    assert 'numpy' in sys.modules\n"
        "    print(len(os.listdir('/proc/self/task')), file=sys.stderr)"
    )
    name = "OPENBLAS_NUM_THREADS"
    environment = {key: value for key, value in os.environ.items() if key != name}
    for asked in ({}, {name: "3"}):
        done = subprocess.run(
            [sys.executable, "-c", code, "--quiet", "--stages", "duplicates"],
            input=RECORDS,
            capture_output=True,
            check=True,
            env={**environment, **asked},
        )
        most = min(int(asked.get(name, 1)), os.cpu_count() or 1)
        assert done.stderr.split() == [b"%d" % most]


def test_without_a_place_for_machine_code_it_is_made_anew():
    code = (
        "import textclean.kernels.jit as jit, textclean.cli as cli\n"
        "jit.cache_folder = lambda: None\n"
        "cli.run()"
    )
    words = ["--quiet", "--stages", "embeds"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        input=RECORDS,
        capture_output=True,
        check=True,
        env={**os.environ, jit.SWITCH: "compiled"},
    )
    assert done.stdout == command(*words, stdin=RECORDS).stdout


def test_results_are_the_same_with_and_without_the_compiler(tmp_path):
    found = []
    for choice in ("python", "compiled"):
        ledger = tmp_path / "edits.jsonl"
        done = command("--edits", ledger, stdin=RECORDS, TEXTCLEAN_KERNELS=choice)
        assert done.returncode == 0, done.stderr
        lines = [line for line in done.stderr.splitlines() if b": compiling" not in line]
        *summary, loaded = lines
        assert loaded == (b"True" if choice == "compiled" else b"False")
        found.append((done.stdout, summary, ledger.read_bytes()))
    assert found[0] == found[1]


def test_signatures_are_the_same_with_and_without_the_compiler(monkeypatch):
    texts = [ARTICLE.decode(), "", "...", "one two", "Straße, 東京: eins zwei drei " * 2000]
    index = NearDuplicateIndex(0.8)
    compiled = index.measure(texts)
    monkeypatch.setattr(measures, "is_compiled", lambda: False)
    plain = index.measure(texts)
    assert (plain.tags == compiled.tags).all()
    assert (plain.marks == compiled.marks).all()


@pytest.mark.parametrize("text", [ARTICLE, b""])
def test_an_unknown_choice_is_refused_before_there_is_work(text):
    done = command(stdin=text, TEXTCLEAN_KERNELS="fast")
    assert done.returncode == 2
    assert b"TEXTCLEAN_KERNELS must be one of auto, compiled, python" in done.stderr


def test_work_adds_up_until_the_compiler_pays():
    code = (
        "from textclean.kernels import jit\n"
        "jit._pays = lambda share: share >= 1\n"
        "assert [jit.is_worth(1, 4) for _ in range(5)] == [False, False, False, True, True]"
    )
    environment = {key: value for key, value in os.environ.items() if key != jit.SWITCH}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_without_kept_machine_code_it_takes_more_until_the_compiler_pays(tmp_path):
    code = (
        "import sys, pathlib\n"
        "from textclean.kernels import jit\n"
        "jit.cache_folder = lambda: pathlib.Path(sys.argv[1])\n"
        "print(next(n for n in range(1, 99) if jit.is_worth(1, 1)))"
    )
    environment = {key: value for key, value in os.environ.items() if key != jit.SWITCH}
    counts = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path],
            capture_output=True,
            check=True,
            env=environment,
        )
        counts.append(int(done.stdout))
        (tmp_path / "kernel.nbc").touch()
    assert counts == [20, 1]


def test_a_first_run_of_few_records_does_not_wait_for_the_compiler(tmp_path):
    done = command("--quiet", stdin=RECORDS * 8, NUMBA_CACHE_DIR=str(tmp_path))
    assert (done.returncode, done.stderr.split()) == (0, [b"False"])
    assert not list(tmp_path.rglob("*.nbc"))


def test_kernels_imported_by_name_are_compiled_too():
    code = (
        "from textclean.kernels import tokens\n"
        "from textclean.kernels.jit import compile_kernels\n"
        "import textclean.kernels.scan as scan\n"
        "assert type(scan.decode).__name__ == 'function'\n"
        "compile_kernels()\n"
        "assert type(scan.decode).__name__ == 'CPUDispatcher'\n"
        "assert scan.decode is tokens.decode"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("pauses", "told"), [((0.5,), True), ((0.0, 0.0), False)])
def test_long_compiling_is_told_once(pauses, told):
    calls = []
    event = threading.Event()

    def tell():
        calls.append(threading.current_thread())
        event.set()

    watch = Watch(tell, 0.2)
    for pause in pauses:
        watch.on_start(None)
        watch.on_start(None)  # a kernel it calls
        if pause:
            assert event.wait(30)
        watch.on_end(None)
        watch.on_end(None)
    time.sleep(0.3)
    assert len(calls) == told


def test_languages_are_told_without_the_compiler_and_without_a_warning():
    done = subprocess.run(
        [*(sys.executable, "-W", "error", "-m", "textclean"), "--detect-language", "--quiet"],
        input=RECORDS,
        capture_output=True,
        check=False,
        env={**os.environ, jit.SWITCH: "python"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"language": "de"' in done.stdout


@pytest.mark.parametrize("choice", ["python", "compiled", "auto"])
def test_a_stage_asked_by_itself_answers_with_and_without_the_compiler(choice):
    """Counters of a byte must not overflow where a text says the same thing often."""
    code = (
        "from textclean.stages.repetition import CollapseRepetition\n"
        "text = ' '.join(f'Line {n} says that the pier opens again.' for n in range(400))\n"
        "print(CollapseRepetition().might_change(text))\n"
        "print(CollapseRepetition().might_change('The ferry left at noon.'))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code],
        capture_output=True,
        check=False,
        env={**os.environ, jit.SWITCH: choice},
    )
    assert done.returncode == 0, done.stderr
    unsure = b"True" if choice == "python" else b"False"
    assert done.stdout.split() == [b"True", unsure]


def test_a_compiler_that_keeps_machine_code_in_another_way_loads_it_itself(tmp_path):
    class Another(FunctionCache):
        """A cache without the parts that ours is made of."""

        def __init__(self):
            self.loaded = []

        def load_overload(self, *arguments):
            self.loaded.append(arguments)
            return "machine code"

    code, another = MachineCode(str, tmp_path), Another()
    code.__dict__["_kept"] = another
    target = cpu_target.target_context
    assert code.load_overload("a signature", target) == "machine code"
    assert another.loaded == [("a signature", target)]


def test_what_calls_kept_machine_code_is_compiled_from_what_was_kept_with_it(tmp_path):
    code = (
        "import sys, numpy as np\n"
        "from textclean.kernels import jit\n"
        "jit.compile_kernels()\n"
        "from textclean.kernels.sketches import sketch_bits\n"
        "assert sketch_bits(1000) == sketch_bits.py_func(1000)\n"
        "assert (sum(sketch_bits.stats.cache_hits.values()) == 1) == (sys.argv[1] == 'again')\n"
        "@jit.allocating_kernel\n"
        "def caller(size):\n"
        "    return np.full(3, sketch_bits(size))\n"
        "assert caller(1000).tolist() == [sketch_bits(1000)] * 3\n"
        "assert caller(100_000).tolist() == [sketch_bits(100_000)] * 3"
    )
    for run in ("first", "again"):
        subprocess.run(
            [sys.executable, "-c", code, run],
            check=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        )


def test_kernels_are_not_exchanged_while_a_thread_is_in_a_plain_one():
    code = (
        "import sys, threading, types\n"
        "import numpy as np\n"
        "from textclean.kernels import jit\n"
        "module = sys.modules['textclean.made'] = types.ModuleType('textclean.made')\n"
        "module.kernel = jit.kernel\n"
        "exec('''\n"
        "@kernel\n"
        "def inner(number):\n"
        "    return number\n"
        "\n"
        "@kernel\n"
        "def outer(number, begun, go_on):\n"
        "    begun.set()\n"
        "    go_on.wait()\n"
        "    found.append(inner(number))\n"
        "''', vars(module))\n"
        "module.found, plain = [], module.inner\n"
        "begun, go_on = threading.Event(), threading.Event()\n"
        "one = threading.Thread(target=module.outer, args=(np.uint64(1), begun, go_on))\n"
        "two = threading.Thread(target=jit.compile_kernels)\n"
        "one.start(), begun.wait(), two.start(), two.join(1)\n"
        "assert two.is_alive() and not jit.is_compiled() and module.inner is plain\n"
        "go_on.set(), one.join(), two.join()\n"
        "assert jit.is_compiled() and module.inner is not plain\n"
        "assert type(module.found[0]) is np.uint64, type(module.found[0])"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


def test_an_interrupt_while_the_compiler_is_loaded_leaves_it_whole():
    code = (
        "import os, signal, time\n"
        "from textclean import NearDuplicateIndex\n"
        "from textclean.kernels import jit\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts us may ignore it\n"
        "load = jit.load_compiler\n"
        "def interrupted():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(0.1)\n"
        "    return load()\n"
        "jit.load_compiler = interrupted\n"
        "try:\n"
        "    jit.compile_kernels()\n"
        "except KeyboardInterrupt:\n"
        "    jit.load_compiler = load\n"
        "else:\n"
        "    raise SystemExit('no interrupt')\n"
        "jit.compile_kernels()\n"
        "index = NearDuplicateIndex()\n"
        "assert index.add('a', 'one text') is None\n"
        "assert index.add('b', 'one text').id == 'a' and jit.is_compiled()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="no such system call")
def test_a_child_that_is_forked_while_kernels_are_loaded_has_kernels():
    code = (
        "import os, threading, time\n"
        "from textclean import NearDuplicateIndex\n"
        "from textclean.kernels import jit\n"
        "load, begun = jit.load_compiler, threading.Event()\n"
        "def slowly():\n"
        "    begun.set()\n"
        "    time.sleep(0.05)\n"
        "    return load()\n"
        "jit.load_compiler = slowly\n"
        "threading.Thread(target=jit.compile_kernels).start()\n"
        "begun.wait()\n"
        "if child := os.fork():\n"
        "    raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "index = NearDuplicateIndex()\n"
        "index.add('a', 'one text')\n"
        "found = index.add('b', 'one text')\n"
        "os._exit(0 if jit.is_compiled() and found.id == 'a' else 1)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=100)


@pytest.mark.parametrize(
    ("words", "is_said"),
    [
        *((command, True) for command in ("clean", "dedup", "explain", "tune", "bench")),
        *((f"{command} --quiet", False) for command in ("clean", "dedup")),
    ],
)
def test_each_command_that_may_compile_has_it_said(run, tmp_path, monkeypatch, words, is_said):
    told = []
    monkeypatch.setattr("textclean.cli.notices.tell_when_compiling", told.append)
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "1", "text": "The harbour opens its new pier."}\n')
    run(*words.split(), str(source))
    assert (notices.say_compiling in told) is is_said
