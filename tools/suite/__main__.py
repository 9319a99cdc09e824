from suite.cli import run

run()
