import subprocess

from rampart.guard import RampartDenied, guard_exec


@guard_exec
def run(command: str) -> str:
    return subprocess.check_output(command, shell=True, text=True)


try:
    print(run("cat ~/.ssh/id_rsa"))
except RampartDenied as denied:
    print(f"denied by {denied.rule}: {denied.message}")
