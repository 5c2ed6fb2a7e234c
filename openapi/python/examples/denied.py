import subprocess
from rampart.guard import RampartDenied, guard_exec

@guard_exec
def run(command: str) -> str:
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
try:
    print(run("cat ~/.ssh/id_rsa"))
except RampartDenied as denied:
    print(f"denied by {denied.rule}: {denied.message}")
