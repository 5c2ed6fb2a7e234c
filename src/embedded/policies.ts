// Made from policies/ by `npm run build` or `node scripts/embed.mjs`: edit those.
// deno-fmt-ignore-file
/** Built-in profiles by name; `self-protection` is always in force and is no profile. */
export const POLICIES: Readonly<Record<string, string>> = {
  'anti-exfil': `# \`standard\`, and nothing leaves: for machines that hold what must not get out. It denies what \`standard\`
# asks about sending, and the common places to send to. Work that uploads needs another profile.
version: "1"
default_action: allow
extends: standard

policies:
  - name: exfil-uploads
    description: On such a machine programs that send get neither files nor what commands print, whoever receives it; code of the project still may.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['curl *-T *', 'curl *--upload-file*', 'curl *-d @*', 'curl *-d@*', 'curl *--data*@*', 'curl *-F *=@*', 'curl *-F *=<*', 'curl *--form *@*', 'wget *--post-file*', 'wget *--body-file*', '*|curl *', '*|wget *', '*|nc *', '*|ncat *', '*|socat *', '*|ssh *', '*|openssl s_client*', 'curl *$(*', 'wget *$(*', 'dig *$(*', 'nslookup *$(*', 'host *$(*', 'ping *$(*', 'ssh *<*', 'socat *<*', 'http *<*', 'xh *<*', 'http *@*', 'xh *@*', 'http * POST *@*', '*|http *', '*|xh *', 'openssl s_client *<*']
          command_not_matches: ['*localhost*', '*127.0.0.1*', 'echo *', 'grep *']
        message: "This sends files, or what programs print, out of this machine"
      - action: deny
        when:
          program: {name: [scp, sftp, rsync, rclone, gsutil, s3cmd, ftp, lftp, tftp, croc, magic-wormhole, wormhole, transfer]}
          command_matches: ['* *:*', '* put *', 'sftp *', 'croc send *', 'wormhole send *', 'ftp *', 'lftp *', 'tftp *']
          command_not_matches: ['* *@localhost:*', 'rclone ls*', 'rclone size *', '* --version', '* --help']
        message: "This copies files to another machine"
      - action: deny
        when:
          program: {name: ['python*', 'pypy*', 'ruby*', 'perl*', node, bun, deno, 'php*']}
          command_contains: ['requests.post', 'requests.put', 'httpx.post', 'urllib.request', '.request(', 'fetch(', 'net/http', 'axios.post', 'http.client', 'lwp::', 'curl_init', 'smtplib']
          command_matches: ['* -c *', '* -e *', '* -p *', '* --eval *', '* -r *', '* eval *', '*<<*']
          command_not_matches: ['*localhost*', '*127.0.0.1*']
        message: "Inline code that sends cannot be watched"
      - action: deny
        when:
          command_matches: ['aws s3 cp * s3://*', 'aws s3 sync * s3://*', 'aws s3 mv * s3://*', 'az storage blob upload*', 'gcloud storage cp * gs://*', 'gh gist create*', 'gh release upload *', 'git remote add *', 'git remote set-url *', 'docker push *', 'npm publish*']
          command_not_matches: ['aws s3 cp s3://* [!s]*', '* --dryrun*', '* --dry-run*']
        message: "This puts files where others can fetch them"

  - name: exfil-places
    description: Places that take whatever is sent, and tunnels, by a tool that fetches as well as by a command.
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          domain_matches: [pastebin.com, '*.pastebin.com', transfer.sh, file.io, 0x0.st, ix.io, termbin.com, hastebin.com, '*.ngrok.io', '*.ngrok.app', '*.ngrok-free.app', '*.trycloudflare.com', '*.loca.lt', webhook.site, '*.requestbin.net', '*.pipedream.net', '*.oastify.com', '*.burpcollaborator.net', '*.interact.sh', '*.oast.*', hooks.slack.com, api.telegram.org]
        message: "Whatever is sent there leaves this machine"

  - name: exfil-pushes
    description: A push or a mail leaves the machine too, and is at times the task, so a person looks at what goes.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['git push*', 'mail *', 'mutt *', 'sendmail *', 'swaks *']
          command_not_matches: ['git push *--dry-run*', '* --help']
        message: "This leaves the machine: a person looks first"

`,
  ci: `# For builds, where nobody answers: what \`standard\` asks is denied. Each policy here is the one of
# \`standard\` with its asks as denials; a test holds the two together.
version: "1"
default_action: allow
on_no_approver: deny
extends: standard

policies:
  - name: ask-empty-variables
    description: '\`rm -rf "$X"/*\` is about the root when X is empty, and \`rm -rf *\` about wherever it runs; people have lost machines to both.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [rm, shred, chmod, chown, chgrp], flags: [recursive], operands: [/, '/\\*', '~', '~/\\*']}
          unresolved: [operand]
          command_not_matches: ['rm * /', 'rm * / *', 'rm * ~', 'rm * ~ *', 'rm * /\\*', 'rm * /\\* *']
        message: "With an empty variable this would be about the root"
      - action: deny
        when:
          command_matches: ['rm -rf \\*', 'rm -fr \\*', 'rm -r -f \\*', 'rm -f -r \\*', 'rm --recursive --force \\*']
          path_not_matches: ['/tmp/**', '/var/tmp/**', '**/{build,dist,out,output,target,tmp,temp,cache,.cache,node_modules,coverage,_build,bin,obj}/\\*']
        message: "Everything here would be gone, wherever this runs"

  - name: ask-start-files
    description: A shell reads these whenever it starts, and some hold secrets; changing them is at times the task, so a person looks.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches:
            - '~/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,zshrc,zprofile,zshenv,zlogin,zlogout,kshrc,cshrc,tcshrc,login,inputrc,xinitrc,xprofile,xsession,vimrc,netrc,npmrc,pypirc,gitconfig,pythonrc}'
            - '~/.config/fish/**'
            - '~/.config/git/config'
            - '~/.local/share/systemd/**'
            - '**/.envrc'
            - '/etc/hosts'
            - '/etc/resolv.conf'
            - '**/.ssh/config'
            - '**/.git/hooks/**'
            - '**/Library/LaunchAgents'
        message: "This file changes what runs later: a person looks first"

  - name: ask-unread-code
    description: What would run cannot be read from the line, so no other rule can judge it; a person may know more.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          unresolved: ['text:unknown', written, bound]
        message: "What would run cannot be read from here"
      - action: deny
        when:
          unresolved: ['text:syntax']
          command_contains: ['rm -', 'mkfs', '/dev/sd', '/dev/tcp', '[socket ', '.ssh/id_', '/etc/shadow', '|sh', '| sh', '|bash', '| bash', 'LD_PRELOAD', 'rampart ']
        message: "This is no whole shell command, and it speaks of dangerous things"
      - action: deny
        when:
          program: {name: [dd, wipefs, 'mkfs*']}
          unresolved: [operand]
        message: "Which device or file this overwrites cannot be known"
      - action: deny
        when:
          command_matches: ['hash -p *', 'enable -n *', 'npm config set script-shell *', 'npm config set *script-shell=*', 'git config *core.hooksPath *']
          # A builtin is found before any file.
          command_not_matches: ['hash -p * echo', 'hash -p * printf', 'hash -p * test', 'hash -p * true', 'hash -p * cd', 'hash -p * pwd']
        message: "Another program would answer to a name, or run unasked"

  - name: ask-endless
    description: Processes that start processes take the machine down, and an agent that waits for them never comes back.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'while true;do *[!&]&done'
            - 'while true;do *[!&]&[!&]*done'
            - 'while :;do *[!&]&done'
            - 'while :;do *[!&]&[!&]*done'
            - 'while /bin/true;do *[!&]&done'
            - 'while /bin/true;do *[!&]&[!&]*done'
            - 'while \\[ true ];do *[!&]&done'
            - 'while \\[ true ];do *[!&]&[!&]*done'
            - 'while \\[\\[ 1 ]];do *[!&]&done'
            - 'while \\[\\[ 1 ]];do *[!&]&[!&]*done'
            - 'while ((1));do *[!&]&done'
            - 'while ((1));do *[!&]&[!&]*done'
            - 'until *false;do *[!&]&done'
            - 'until *false;do *[!&]&[!&]*done'
            - 'for ((;;));do *[!&]&done'
            - 'for ((;;));do *[!&]&[!&]*done'
          command_not_matches: ['echo *', 'printf *', '*&wait;*', '*&wait)*', '*;wait;*', '*&break;*', '*&exit;*']
        message: "This starts processes without end"

  - name: ask-every-process
    description: Signals to everything that runs, or to what everything stands on, end the session of whoever sits there.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['kill -* -1', 'kill -* 1', 'kill 1', 'kill -9 -- -1', 'killall *-u root*', 'killall5*', 'pkill *-u root*', 'pkill *-U 0*', 'pkill -* .', 'pkill -* .\\*', 'pkill .', 'umount /', 'umount -* /', 'mount *remount,*rw* /']
          command_not_matches: ['kill -0 *', 'kill -l *', 'kill -L *']
        message: "Everything that runs here would be hit"
      - action: deny
        when:
          command_matches: ['pkill -u *', 'pkill * -u *', 'killall -u *', 'killall * -u *', 'skill * -u *', 'skill -u *']
          command_not_matches: ['* -u * [!-]*', '*pkill -0 *', '* --help']
        message: "All that somebody runs would be hit"
      - action: deny
        when:
          command_matches: ['loginctl terminate-*', 'loginctl kill-*']
          command_not_matches: ['* --help']
        message: "All that somebody runs would be hit"

  - name: ask-accounts
    description: What runs later, who may log in and a root shell outlive the session, and a shell of root cannot be watched from here.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [crontab, visudo, vipw, usermod, useradd, adduser, userdel, passwd, chpasswd, dscl, sysadminctl]}
          command_not_matches: ['crontab -e', 'crontab -e -u *', 'crontab -u * -e', 'crontab -l', 'crontab -l *', 'crontab -u * -l', 'crontab --help', '* --help', 'passwd -S*', 'passwd --status*', 'useradd -D', 'at -l', 'at -c *']
        message: "What runs later, or who may log in, is for a person to change"
      - action: deny
        when:
          command_matches:
            - 'sudo su'
            - 'sudo su -'
            - 'sudo su root'
            - 'sudo su - root'
            - 'sudo -i'
            - 'sudo -s'
            - 'sudo -i *'
            - 'doas -s'
            - 'sh -p'
            - 'bash -p'
            - 'dash -p'
            - 'tar *--checkpoint-action=exec=*sh'
        message: "A root shell cannot be watched"
      - action: deny
        when:
          program: {name: [su]}
          command_matches: [su, 'su -', 'su root', 'su - root', 'su -l', 'su -l root']
        message: "A root shell cannot be watched"

  - name: ask-webhooks
    description: These places take whatever is sent; a team may well post there, so a person decides.
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          url_matches: ['https://discord.com/api/webhooks/*', 'https://discordapp.com/api/webhooks/*', 'https://hooks.slack.com/*', 'https://api.telegram.org/bot*', 'https://pastebin.com/api/*', 'https://transfer.sh/*', 'https://file.io/*', 'https://0x0.st/*']
        message: "Whatever is sent there leaves this machine"

  - name: ask-volumes
    description: A volume, pool or array that is removed is gone for good, but sizes and names of them are real work for some.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['lvremove *', 'vgremove *', 'pvremove *', 'lvm *remove *', 'zpool destroy *', 'zfs destroy *', 'mdadm --stop *', 'mdadm --zero-superblock *', 'swapoff *', 'diskutil erase*', 'btrfs subvolume delete *']
          command_not_matches: ['* -h', '* -h *', '* --help*', '* --longhelp*', '* --test*']
        message: "Volumes are gone for good"

  - name: ask-system-deletion
    description: Configuration, logs and data of the system, or a repository's .git, come back from a backup only.
    match: {tool: delete}
    rules:
      - action: deny
        when:
          path_matches: ['/etc/**', '/usr/{bin,sbin,lib}/*', '/usr/share/base-passwd/**', '/var/log/**', '/var/audit/**', '/var/spool/mail/**', '/tmp', '/var/tmp', '/Library/**', '**/.git', '**/*.git/{objects,refs,logs,worktrees}', '**/*.git/{objects,refs,logs,worktrees}/**']
          path_not_matches: ['/etc/apt/sources.list.d/**', '/usr/bin/python*', '/etc/nginx/sites-enabled/**']
        message: "What the system, or a repository, stands on would be gone"

  - name: ask-traces
    description: Logs, histories and audit settings say what happened; whoever changes them changes what people can see later.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches: ['/var/log/{wtmp,btmp,lastlog,utmp,faillog,tallylog,sudo.log,boot.log,pacman.log,Xorg.0.log}', '/var/log/{syslog,messages,secure,auth,kern,cron,mail,maillog,daemon,user,dpkg,dmesg,system,install,debug,apt}*', '/var/log/{audit,journal,sa,samba,asl,apt}/**', '/var/audit/**', '**/.{bash,zsh,sh,ksh,python,node,mysql,psql,sqlite,irb,rediscli}_history', '/etc/rsyslog*', '/etc/rsyslog.d/**', '/etc/syslog*', '/etc/systemd/journald*', '/etc/audit/**', '/etc/ufw/**', '/etc/default/ufw', '/etc/emond.d/**', '/Library/StartupItems/**', '/usr/local/etc/rc.d/**', '**/Library/Preferences/**', '/var/lib/docker/containers/**', '**/*.git/{objects,refs}/**', '**/site-packages/*.pth', '**/sitecustomize.py', '**/usercustomize.py']
          path_not_matches: ['/var/log/{nginx,apache2,httpd}/**', '/var/www/**']
        message: "This changes what people can see later"

  - name: ask-defences
    description: Firewalls, audit and limits are in somebody's way by design; whether they may go is for that somebody to say.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'ufw disable*'
            - 'ufw logging off*'
            - 'ufw prepend *'
            - 'ufw reset*'
            - 'iptables -F*'
            - 'iptables -D *'
            - 'iptables --flush*'
            - 'nft flush *'
            - 'pfctl -d*'
            - 'systemctl stop *ufw*'
            - 'systemctl stop *rsyslog*'
            - 'systemctl disable *rsyslog*'
            - 'systemctl stop *journald*'
            - 'systemctl stop *auditd*'
            - 'systemctl stop *firewalld*'
            - 'systemctl stop *falcon*'
            - 'systemctl stop cron*'
            - 'service *syslog* stop*'
            - 'service auditd stop*'
            - 'service iptables stop*'
            - 'pkill *cron*'
            - 'setenforce 0*'
            - 'auditctl -D*'
            - 'auditctl -e 0*'
            - 'auditctl -a *'
            - 'spctl --master-disable*'
            - 'csrutil disable*'
            - 'launchctl unload *'
            - 'launchctl load *'
            - 'launchctl bootstrap *'
            - 'tmutil disable*'
            - 'kextload *'
            - 'kextunload *'
            - 'kmutil load *'
            - 'xattr -*d com.apple.quarantine*'
            - 'sysctl kernel.*=*'
            - 'log erase *'
            - 'journalctl *--vacuum*'
            - 'journalctl *--rotate*'
            - 'history -c'
            - 'history -c;*'
            - 'history -cw*'
            - 'history -w /dev/null*'
            - 'set +o history*'
            - 'unset HISTFILE*'
            - 'dmesg -[cC]*'
            - 'dmesg --clear*'
            - 'sysctl -w kernel.panic*=*'
            - 'sysctl -w kernel.sysrq*=*'
            - 'sysctl -w kernel.core_pattern*=*'
            - 'sysctl -w kernel.modules_disabled*=*'
            - 'defaults write *LoginHook*'
            - 'defaults write *loginwindow*'
            - 'chattr +i *'
            - 'chattr -i *'
            - 'dsenableroot*'
            - 'pw useradd *'
            - 'pw usermod *'
            - 'pw user *'
            - 'security import *'
            - 'security find-*'
            - 'trap * DEBUG*'
        message: "Defences, or what people can see later, would change"
      - action: deny
        when:
          env_assigns: [HISTFILE]
        message: "Commands would no longer be remembered"
      - action: deny
        when:
          env_assigns: [HISTFILESIZE, HISTSIZE]
          command_not_matches: ['*HIST*SIZE=[1-9]*', '*HISTSIZE=-1', '*HISTFILESIZE=-1', '*HISTSIZE= *', '*HISTSIZE=']
        message: "Commands would no longer be remembered"
      - action: deny
        when:
          env_assigns: [HISTCONTROL, HISTIGNORE]
          command_not_matches: ['*HISTCONTROL=ignoredups', '*HISTCONTROL=erasedups', '*HISTCONTROL=ignoredups:erasedups']
        message: "Commands would no longer be remembered"
      - action: deny
        when:
          command_matches: ['aws iam create-*', 'aws iam attach-*', 'aws iam put-*', 'aws iam add-*', 'aws cloudtrail stop-*', 'aws cloudtrail delete-*', 'aws cloudtrail update-*', 'aws configservice stop-*', 'aws logs delete-*', 'aws guardduty delete-*', 'gcloud iam service-accounts keys create*', 'gcloud logging *delete*', 'gcloud projects add-iam-policy-binding*', 'az ad *create*', 'az role assignment create*', 'az monitor *delete*', 'kubectl run *hostPID*', 'kubectl run *privileged*', 'docker run *-v /:*', 'podman run *-v /:*', 'nerdctl run *-v /:*', 'podman run *--privileged*', 'nerdctl run *--privileged*', 'docker run *source=/,*', 'docker run *src=/,*', 'docker run *--privileged*', 'docker run *--pid=host*', 'docker run *docker.sock*', 'nsenter -t 1 *', 'nsenter --target 1 *', 'kubectl proxy *--address=0.0.0.0*']
        message: "Rights in the cloud, or on the host of a container, would grow"

  - name: ask-uploads
    description: What leaves the machine cannot be called back, and nobody sees from here who receives it.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - '*tar *|*curl *'
            - 'env|*curl *'
            - 'printenv|*curl *'
            - 'set|*curl *'
            - 'wget *--post-f*'
            - 'wget *--post-d*'
            - 'ab -p *'
            - 'ftp *put *'
            - 'tftp *'
            - 'smbclient *put *'
            - 'whois -h * -p *'
            - 'finger *@*'
            - 'hping3 *--file*'
            - 'lp *-h *'
            - 'cancel -h *'
            - 'php -S 0.0.0.0*'
            - 'restic *rest:http*'
            - 'tailscale serve *'
            - 'dig *$(*'
            - 'dig *\`*'
            - 'nslookup *$(*'
            - 'tar *-*f *:*/*'
            - 'tar *--file=*:*/*'
            - '*|ssh * *cat*>*'
            - 'sshfs *'
            - 'httpd *-h *'
            - 'node *createReadStream*request(*'
            - 'node *fetch(*process.env*'
            - 'node *process.env*fetch(*'
            - 'python* *os.environ*requests.p*'
            - 'python* *requests.p*os.environ*'
          # Behind \`-n\` nothing is sent.
          command_not_matches: ['*|ssh -n *']
        message: "This sends what it is given out of this machine"
      - action: deny
        when:
          command_matches:
            - '*.key*curl *'
            - '*.pem*|*curl *'
            - '*certs*|*curl *'
            - '*.key*|ssh *'
            - '*.key*|*nc *'
            - 'socat *OPEN:*'
            - 'socat *CREAT:*'
            - 'socat *EXEC:*'
          command_not_matches: ['echo *', 'grep *', 'socat *:* EXEC:/bin/cat', 'socat *:* EXEC:cat']
        message: "Keys would leave this machine"
      - action: deny
        when:
          program: {name: [rsync, scp, rclone], operands: ['~', /, /etc, /home, /root, /var]}
          command_matches: ['* *[!s]:*', 'rclone copy *', 'rclone sync *']
          command_not_matches: ['*@localhost:*', '* [a-z]*:* ~', '* [a-z]*:* ~/', '* [a-z]*:* /']
        message: "Everything of a person, or of the system, would leave this machine"
      - action: deny
        when:
          program: {name: [curl, scp, rsync, sftp, wget, aws, gsutil, rclone, nc, socat, ssh, http]}
          path_matches: ['**/*.{key,pem,p12,pfx,keystore,jks}', '**/certs', '**/certs/**', '**/secrets/**', '**/.env*']
          command_not_matches: ['ssh -i *', 'ssh * -i *', '*@localhost:*', 'scp -i *', 'scp * -i *', 'rsync *-e *', 'curl *--cacert *', 'curl *--cert *', 'curl *-E *', 'curl *--key *']
        message: "Keys would leave this machine"

  - name: ask-before-losing-work
    description: git brings back what was committed; these commands are about what was not, and about history that is gone afterwards.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'git reset *--h*'
            - 'git clean *-*f*'
            - 'git clean'
            - 'git checkout .'
            - 'git checkout -- .'
            - 'git checkout * -- .'
            - 'git checkout * .'
            - 'git checkout -f'
            - 'git checkout -f *'
            - 'git checkout * -f'
            - 'git checkout * -f *'
            - 'git checkout --force*'
            - 'git switch *-f *'
            - 'git switch -f*'
            - 'git switch *--discard-changes*'
            - 'git restore .'
            - 'git restore *--worktree*'
            - 'git restore * .'
            - 'git stash drop'
            - 'git stash clear*'
            - 'git branch -D *'
            - 'git branch * -D *'
            - 'git branch *--delete *--force*'
            - 'git push *--mirror*'
            - 'git filter-branch *-f*'
            - 'git filter-repo *'
            - 'git prune *--expire*'
            - 'git reflog expire *--expire*'
            - 'git gc *--p*'
            - 'git -c gc.*gc*'
            - 'git update-ref -d *'
            - 'git worktree remove *--force*'
          command_not_matches:
            - 'git clean -n'
            - 'git clean -n *'
            - 'git clean -[dfqxX]n'
            - 'git clean -[dfqxX]n *'
            - 'git clean -[dfqxX][dfqxX]n'
            - 'git clean -[dfqxX][dfqxX]n *'
            - 'git clean -i'
            - 'git clean -i *'
            - 'git clean -[dfqxX]i'
            - 'git clean -[dfqxX]i *'
            - 'git clean -i[dfqxX]'
            - 'git clean -i[dfqxX] *'
            - 'git clean --dry-run*'
            - 'git clean --interactive*'
            # One named file, as with rm.
            - 'git clean -* -- [!.:*/-]*'
            - 'git checkout -f -- [!.:*/-]*'
            - 'git clean -d* --dry-run'
            - 'git clean -f* build'
            - 'git clean -f* dist'
            - 'git clean -f* out'
            - 'git clean -f* target'
            - 'git clean -f* node_modules'
            - 'git clean * --no-force'
            - 'git clean -f .git'
            - 'git * -c clean.requireForce=true clean'
            - 'git * gc --no-prune'
            - 'git push *--dry-run*'
            - 'git push -n *'
            - 'git restore --staged .'
            - 'git checkout *--patch*'
            - '* --help'
        message: "Work that was not committed, or history, would be gone"
      # Among named files one that names everything below it.
      - action: deny
        when:
          command_matches:
            - 'git clean * -- *[ /].'
            - 'git clean * -- *[ /].[ /]*'
            - 'git clean * -- *../*'
            - 'git clean * -- *.. *'
            - 'git clean * -- *..'
            - 'git clean * -- * :*'
            - 'git clean * -- *[*]*'
            - 'git checkout -f -- *[ /].'
            - 'git checkout -f -- *[ /].[ /]*'
            - 'git checkout -f -- *../*'
            - 'git checkout -f -- *.. *'
            - 'git checkout -f -- *..'
            - 'git checkout -f -- * :*'
            - 'git checkout -f -- *[*]*'
        message: "Work that was not committed would be gone"

  - name: ask-before-irreversible
    description: Published packages, forced pushes and infrastructure that is torn down cannot be taken back by the next command.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'git push -f'
            - 'git push --force'
            - 'git push --force=* *'
            - 'git push * --force=*'
            - 'git push --force *'
            - 'git push * --force'
            - 'git push * --force *'
            - 'git push -f *'
            - 'git push * -f'
            - 'git push * +*'
            - 'git push *--force-with-lease=*:*'
            - 'git push * :main'
            - 'git push * --delete main'
            - 'git push --delete * main'
            - 'git push -d * main'
            - 'git push * -d main'
            - 'git push * :master'
            - 'git push * --delete master'
            - 'git push --delete * master'
            - 'git push -d * master'
            - 'git push * -d master'
            - 'git push * :trunk'
            - 'git push * --delete trunk'
            - 'git push --delete * trunk'
            - 'git push -d * trunk'
            - 'git push * -d trunk'
            - 'git push * :develop'
            - 'git push * --delete develop'
            - 'git push --delete * develop'
            - 'git push -d * develop'
            - 'git push * -d develop'
            - 'git push * :production'
            - 'git push * --delete production'
            - 'git push --delete * production'
            - 'git push -d * production'
            - 'git push * -d production'
            - 'git push * :release'
            - 'git push * --delete release'
            - 'git push --delete * release'
            - 'git push -d * release'
            - 'git push * -d release'
            - 'git push -uf *'
            - 'git push -fu *'
            - 'aws s3 rb *'
            - 'aws s3 rm *--recursive*'
            - 'gsutil rm -r *'
            - 'gsutil -m rm -r *'
            - 'dropdb *'
            - 'redis-cli *FLUSHALL*'
            - 'redis-cli *flushall*'
            - 'psql *DROP DATABASE*'
            - 'mysql *DROP DATABASE*'
            - 'mongosh *dropDatabase*'
            - 'terraform destroy*'
            - 'terraform apply *-auto-approve*'
            - 'kubectl delete namespace *'
            - 'kubectl delete ns *'
            - 'shutdown*'
            - 'reboot*'
            - 'poweroff*'
            - 'halt'
            - 'halt -*'
            - 'init 0'
            - 'init 6'
            - 'systemctl poweroff*'
            - 'systemctl reboot*'
            - 'systemctl halt*'
            - 'cryptsetup luksFormat *'
            - 'crontab -r*'
          command_not_matches: ['git push --dry-run *', 'git push -n *', '* --help']
        message: "Cannot be taken back"

  - name: ask-tunnels
    description: A way in from outside, or traffic that goes another way, passes by every other defence and stays open.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['autossh *-*R *', 'ssh *-o StrictHostKeyChecking=no*-*R *:*', 'ssh *-R 0.0.0.0:*', 'ssh -*R *:22 *', 'ssh -*R *:localhost:22 *']
          command_not_matches: ['* --help']
        message: "This opens a way into this machine from outside"
      - action: deny
        when:
          program: {name: [chisel, iodine, dnscat, dnscat2, 'ptunnel*', ligolo-agent, gost, tmate, arpspoof, ettercap, bettercap, dnsspoof, sslsplit, responder]}
          command_not_matches: ['* --help', '* -h', '* --version', '* version', 'tmate -V']
        message: "This opens a way into this machine from outside, or listens to others"
      - action: deny
        when:
          command_matches: ['socat *-LISTEN:*,*fork* TCP*:*', 'socat *-LISTEN:*,*fork* tcp*:*', 'tailscale up *--ssh*', 'tailscale up *--login-server*', 'ngrok tcp *', 'frpc *tcp *--remote*port*', 'networksetup -set*proxy* *', 'networksetup -setdnsservers *', 'iptables *-j DNAT *', 'iptables *--jump DNAT *', 'frpc *-p tcp *']
        message: "Traffic would go another way"

  - name: ask-lasting-destruction
    description: 'Databases, clouds and clusters have no trash: once the command has run, only a backup helps.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['aws * terminate-*', 'aws * schedule-key-deletion *', 'aws rds delete-*', 'aws dynamodb delete-table *', 'aws kms disable-*', 'aws cloudformation delete-stack *', 'aws eks delete-cluster *', 'gcloud projects delete *', 'gcloud sql * delete *', 'gcloud container clusters delete *', 'gcloud * delete *--quiet*', 'gcloud * delete *-q', 'az * delete *--yes*', 'az * delete *-y*', 'az * purge *', 'pulumi destroy *-*y*', 'pulumi destroy *--skip-preview*', 'pulumi stack rm *--force*', 'eksctl delete cluster *', 'doctl * delete *-*f*', 'gh repo delete *--yes*', 'gh repo delete *--confirm*', 'gh repo archive *-y*', 'heroku apps:destroy *--confirm*', 'heroku pg:reset *--confirm*', 'fly* apps destroy *-y*', 'fly* apps destroy *--yes*', 'tofu destroy *-auto-approve*', 'terragrunt *destroy*-auto-approve*', 'terragrunt run-all destroy*', 'cdk destroy *--force*', 'serverless remove *', 'firebase *:delete *--force*', 'firebase *:delete *-f*', 'vault secrets disable *', 'vault operator seal*', 'consul kv delete *-recurse*', 'nomad job stop *-purge*']
        message: "What a cloud runs would be gone"
      - action: deny
        when:
          command_matches: ['kubectl * --all', 'kubectl * --all *', 'kubectl delete *-A*', 'kubectl delete *--all-namespaces*', '*|xargs *kubectl delete*', 'kubectl *delete node*', 'kubectl *delete nodes*', 'kubectl *delete pv*', 'kubectl *delete pvc*', 'kubectl *delete crd*', 'kubectl *delete crds*', 'kubectl delete node *', 'kubectl delete nodes *', 'kubectl delete crd *', 'kubectl delete pv *', 'kubectl *drain *--force*', '*|xargs *helm uninstall*', '*|xargs *helm delete*', 'etcdctl * del * --prefix*', 'etcdctl *del *--from-key*', 'etcdctl *del *--prefix*', 'kubeadm reset*', 'docker swarm leave *--force*', 'docker swarm leave *-f*', 'docker volume rm $(*', 'docker rm *$(docker ps *', 'docker volume rm \`*', '*|xargs *docker volume rm*']
          command_not_matches: ['kubectl get *', 'kubectl describe *', 'kubectl label *', 'kubectl annotate *', 'kubectl wait *', 'kubectl rollout *', 'kubectl * --dry-run*', '* --help', 'kubectl delete pods *', 'kubectl delete pod *', 'kubectl delete po *', 'kubectl scale *']
        message: "What a cluster holds would be gone"
      - action: deny
        when:
          command_matches: ['kubectl get nodes*|xargs *kubectl delete*', 'kubectl get ns*|xargs *kubectl delete*', 'kubectl get pv*|xargs *kubectl delete*', 'kubectl get pvc*|xargs *kubectl delete*', 'kubectl get crd*|xargs *kubectl delete*', 'kubectl get no*|xargs *kubectl delete*', 'kubectl get n*s*|xargs *kubectl delete*', 'kubectl get pv*|xargs *kubectl delete*', 'kubectl get crd*|xargs *kubectl delete*', 'kubectl get all*|xargs *kubectl delete*']
        message: "What a cluster holds would be gone"
      - action: deny
        when:
          program: {name: [psql, mysql, mariadb, mysqladmin, mongo, mongosh, sqlcmd, cqlsh, clickhouse-client, redis-cli, cockroach, sqlplus]}
          command_contains: ['drop schema', 'drop database', 'truncate ', 'delete from', 'dropdatabase', 'flushall', 'flushdb', 'drop table', 'drop keyspace', ' drop ', 'deletemany({})', 'shutdown nosave']
          command_not_matches: ['*drop * if exists*', '*SELECT *', '*select *', '*DROP * IF EXISTS*', '*where *', '*WHERE *', '*_test*', '*test_*', '*-test*', '*localhost*', '*127.0.0.1*', '* -d test *', '* test *']
        message: "What a database holds would be gone"
      - action: deny
        when:
          command_matches: ['curl *-X DELETE *:9200/*', 'curl *-XDELETE *:9200/*', 'curl *--request DELETE *:9200/*']
          command_not_matches: ['*localhost*', '*127.0.0.1*']
        message: "What a database holds would be gone"
      - action: deny
        when:
          command_matches: ['echo *DROP *|psql *', 'echo *DROP *|mysql *', 'echo *DELETE FROM *|mysql *', 'echo *DELETE FROM *|psql *', 'echo *FLUSHALL*|redis-cli*', 'printf *DROP *|psql *', 'printf *DROP *|mysql *']
          command_not_matches: ['*IF EXISTS*', '*test*', '*localhost*']
        message: "What a database holds would be gone"
      - action: deny
        when:
          program: {name: [rm, rmdir, shred, find, truncate]}
          path_matches: ['/var/lib/{docker,containerd,etcd,postgresql,mysql,mongodb,redis,kubelet,rancher,elasticsearch}', '/var/lib/{postgresql,mysql,mongodb,etcd,docker}/**']
        message: "What a database or a cluster holds would be gone"

  - name: ask-supply-chain
    description: Whoever can say where packages come from, or that signatures don't matter, can run code on every machine that installs.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['npm config set *registry* http:*', 'npm config set strict-ssl false*', 'npm i* *--registry http:*', 'npm i* *--registry=http:*', 'npx *http:*', 'npx *https:*.tgz*', 'deno run *http:*', 'deno run *https:*', 'yarn config set *registry http:*', 'pnpm config set *registry http:*', 'pip* install *--trusted-host *', 'pip* install *-i http:*', 'pip* install *--index-url http:*', 'pip* install *--extra-index-url http:*', 'pip* config set *index-url http:*', 'gem install *--source http:*', 'gem sources --add http:*', 'go env -w *GONOSUMDB*', 'go env -w GOFLAGS=-insecure*', 'go env -w GOSUMDB=off*', 'go env -w *GOPROXY=http:*', 'git config *http.sslVerify false*', 'git config *url.*.insteadOf *', 'git config *core.fsmonitor *[/!]*', 'git config *credential.helper *!*', 'git config *init.templateDir *', 'git config *core.sshCommand *', 'git config *core.pager *[|;&]*', 'git config *alias.* *!*[|;&]*', 'git config *protocol.ext.allow *']
          command_not_matches: ['*localhost*', '*127.0.0.1*', 'git config *--get*', 'git config *--unset*', '* --help', 'git config *credential.helper *!aws *', 'git config *credential.helper *!gh *', 'git config *credential.helper *!*gcloud*']
        message: "Code would come from elsewhere, or run unasked"
      - action: deny
        when:
          command_matches: ['dpkg *--force-all*', 'rpm *--nosignature*', 'rpm *--nogpgcheck* *', 'apt* install *--allow-unauthenticated*', '*trusted=yes* *http:*sources.list*', 'apt* *--allow-insecure-repositories*', 'yum install *--nogpgcheck*', 'dnf install *--nogpgcheck*', 'apk add *--allow-untrusted*', 'pacman *--noconfirm *-U http:*', 'rpm -*[Ui]* http:*', 'npm pkg set scripts.preinstall*', 'npm pkg set scripts.postinstall*', 'npm pkg set scripts.postinstall*', 'npm pkg set scripts.preinstall*', 'npm pkg set *postinstall=*', 'security add-trusted-cert *', 'trust anchor *', 'certutil -A *-t *C*']
          command_not_matches: ['* --help', 'trust anchor --list*']
        message: "What is installed would no longer be proved, or another would be believed"

  - name: ask-trusted-files
    description: These files say where packages come from, which certificates are believed and what a start of the system does.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches: ['/etc/apt/apt.conf.d/**', '/etc/apt/trusted.gpg.d/**', '/etc/yum.repos.d/**', '/etc/pacman.conf', '/etc/pacman.d/**', '/usr/local/share/ca-certificates/**', '/etc/pki/ca-trust/**', '/etc/ld.so.conf.d/**', '/etc/default/grub', '/etc/grub.d/**', '/etc/selinux/**', '/etc/apparmor.d/**', '/etc/periodic/**', '/etc/tor/**', '/{lib,usr/lib}/*/security/**', '/lib/security/**', '/etc/nsswitch.conf', '/etc/sysctl.d/**', '/etc/fail2ban/**', '/etc/exports', '/proc/sys/{user/max_user_namespaces,fs/protected_*,fs/suid_dumpable}', '/sys/fs/selinux/enforce', '/sys/kernel/security/**']
        message: "What the system trusts would change"

  - name: ask-machine-rights
    description: Rights that have grown stay grown, in a cluster for everybody who works there.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['systemctl stop apparmor*', 'systemctl stop fail2ban*', 'systemctl *stop apparmor*', 'systemctl *stop fail2ban*', 'systemctl disable *apparmor*', 'systemctl disable *fail2ban*', 'systemctl disable *firewalld*', 'systemctl disable *ufw*', 'systemctl disable *auditd*', 'aa-teardown*', 'aa-complain *', 'ufw *disable*', 'socketfilterfw *--setglobalstate off*', '*/socketfilterfw *off*', 'pkill *falcon*', 'pkill *clamd*', 'pkill *osquery*', 'pkill *sentinel*', 'killall *falcon*', 'killall *clamd*', 'apt* purge *clamav*', 'apt* remove *clamav*', 'apt* purge *clamav*', 'apt* remove *clamav*', 'apt* purge *fail2ban*', 'apt* purge *auditd*', 'apt* remove *auditd*', 'mokutil --disable-validation*', 'sysctl *kernel.randomize_va_space=0*', 'sysctl *kernel.kptr_restrict=0*', 'sysctl *kernel.yama.*=0*', 'mount *--bind * /proc/*', 'mount *-t cgroup *', '*>*/release_agent', '*>*/notify_on_release', 'install *-m 4??? *', 'install *-m 6??? *', 'install *--mode=4??? *', 'xattr -*c* *', 'loginctl enable-linger *', 'systemd-run *--on-*=*', 'sqlite3 *TCC.db*', 'exec -a \\[*', 'man -P *sh *', 'vim -c *:!*sh*', 'less -* *!*sh*']
          command_not_matches: ['xattr -l*', '* --help', 'systemctl mask *sleep*', 'xattr -c [!/~]*', 'aa-teardown -h', 'ufw *--dry-run*', '*systemctl mask *sleep*']
        message: "Rights would grow, or a defence would be gone"
      - action: deny
        when:
          command_matches: ['kubectl create *rolebinding *cluster-admin*', 'kubectl debug node/*', 'kubectl *exec *--privileged*', 'kubectl *apply *hostPath:*', 'kubectl *apply *privileged: true*', 'kubectl *apply *hostPID: true*', 'curl *--unix-socket *docker.sock *containers/*', 'curl *--unix-socket *docker.sock *exec*', 'gh ssh-key add *', 'gh api *keys* *-X POST*', 'gh api *-X DELETE *repos/*']
          command_not_matches: ['* --help', 'gh api *--help*']
        message: "Rights in a cluster or an account would grow"
      - action: deny
        when:
          command_matches: ['mount /dev/* *&&*chroot *', 'mount /dev/* *;*chroot *', 'tcpdump *-w *', 'tshark *-w *', 'script *-*q* *-c bash*', 'script *-*q*f*/dev/shm/*', 'osascript *login item*', 'osascript *hidden answer*', 'osascript *administrator privileges*', 'while *screencapture *', 'while *xclip *', 'while *pbpaste*', 'while *scrot *', 'grep *PRIVATE KEY* /home*', 'grep *PRIVATE KEY* /root*', 'grep *PRIVATE KEY* /etc*', 'grep *PRIVATE KEY* ~*', 'find / *id_rsa*', 'find / *-name *.pem*', 'find /home *id_*', 'find ~ *id_rsa*']
          command_not_matches: ['*|wc -l', '* --help']
        message: "This watches people, or gathers their keys"

  - name: ask-remote-engines
    description: Who talks to an open container engine or cluster rules that machine, and a key in an address is in every log on the way.
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          url_matches: ['http://*:2375/*', 'http://*:2376/*', 'https://*:2376/*', 'http*://*:10250/*', 'http://*:10255/*']
        message: "Who talks to this rules a machine"
      - action: deny
        when:
          url_matches: ['*BEGIN%20*PRIVATE%20KEY*', '*?*AKIA[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]*', '*?*ghp_*', '*?*sk-ant-*', '*?*xoxb-*']
        message: "A key stands in this address"

  - name: ask-windows
    description: Scheduled tasks, services, accounts and defences of Windows outlive the session, and changing them is at times the task.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [schtasks, schtasks.exe, sc, sc.exe, reg, reg.exe, new-service, register-scheduledtask, set-itemproperty, new-itemproperty]}
          command_contains: ['/create', '/change', ' create ', 'new-service', 'register-scheduledtask', '\\run', 'winlogon', 'image file execution', 'binpath']
        message: "What runs later would change"
      - action: deny
        when:
          program: {name: [set-executionpolicy, set-mppreference, add-mppreference, clear-eventlog, runas, runas.exe, netsh, netsh.exe, net, net.exe, net1, wevtutil, wevtutil.exe, certutil, certutil.exe, new-localuser, add-localgroupmember]}
          command_contains: [set-executionpolicy, mppreference, clear-eventlog, runas, 'advfirewall', ' disable', portproxy, '/add', ' cl ', 'clear-log', addstore, localuser, localgroup]
          command_not_matches: ['net * -*', 'netsh * show *']
        message: "Rights would grow, or a defence would be gone"

`,
  'mcp-server': `# For an MCP server behind Rampart: tools whose names say that they look are allowed, those that change
# something ask, those that destroy or run code are denied, and a name that says nothing asks. Names are
# the server's own claim: read its list of tools before you trust them.
version: "1"
default_action: require_approval
extends: standard

policies:
  - name: mcp-destroying
    description: By its name such a tool destroys, or runs code that nobody sees from here.
    match: {tool: ['mcp__*delete*', 'mcp__*remove*', 'mcp__*drop*', 'mcp__*destroy*', 'mcp__*truncate*', 'mcp__*purge*', 'mcp__*wipe*', 'mcp__*execute*', 'mcp__*exec_*', 'mcp__*run_command*', 'mcp__*shell*', 'mcp__*eval*']}
    rules:
      - action: deny
        message: "A tool that destroys, or runs code"

  - name: mcp-changing
    description: By its name such a tool changes something that others see or pay for.
    match: {tool: ['mcp__*create*', 'mcp__*update*', 'mcp__*write*', 'mcp__*edit*', 'mcp__*send*', 'mcp__*post*', 'mcp__*put*', 'mcp__*set_*', 'mcp__*add_*', 'mcp__*merge*', 'mcp__*push*', 'mcp__*move*', 'mcp__*publish*', 'mcp__*invite*', 'mcp__*transfer*', 'mcp__*pay*']}
    rules:
      - action: require_approval
        message: "A tool that changes something: a person looks first"

  - name: mcp-looking
    description: By its name such a tool looks; asking about those would teach people to answer without reading.
    match: {tool: ['mcp__*__read_*', 'mcp__*__get_*', 'mcp__*__list_*', 'mcp__*__search_*', 'mcp__*__find_*', 'mcp__*__describe_*', 'mcp__*__query_*', 'mcp__*__fetch_*', 'mcp__*__view_*', 'mcp__*__show_*', 'mcp__*__count_*']}
    rules:
      - action: allow
        message: "A tool that looks"

`,
  monitor: `# Nothing is stopped and everything is on record: for the first week, before there are rules. Rampart's
# own files stay protected; everything else an agent asks for, it gets.
version: "1"
default_action: log

`,
  research: `# For agents that look things up: they read files and the web, and change nothing.
version: "1"
default_action: deny
extends: standard

policies:
  - name: research-reading
    description: Looking things up is the task; keys and cloud metadata stay denied by standard.
    match: {tool: [read, fetch]}
    rules:
      - action: allow
        message: "Reading"

  - name: research-programs
    description: Programs that only print, without the options by which they write or run others.
    match: {tool: exec}
    rules:
      - action: allow
        when:
          program: {name: [ls, cat, head, tail, wc, sort, uniq, cut, tr, diff, grep, egrep, fgrep, rg, file, stat, du, tree, pwd, cd, echo, printf, date, jq, column, nl, sha256sum, 'true', 'false', test, '[']}
          command_not_matches: ['sort *-o*', 'sort *--output*', 'sort *--compress-program*', 'rg *--pre*', 'tree *-o*']
        message: "Reading"

  - name: research-no-writing
    description: 'Whatever a program would write, by redirection or option: who looks things up changes nothing.'
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_not_matches: [/dev/null, /dev/stdout, /dev/stderr]
        message: "Research changes nothing"

`,
  'self-protection': `# Always in force, under every other policy, in every mode; no policy lifts it. {{state}} stands for the
# state directory in use, {{hook}} and {{client}} for the programs that agents are told to ask, {{port}} for each port that is
# listened on, {{origin}} for each other name, with its
# port, by which this server is reached.
version: "1"
default_action: allow

policies:
  - name: protect-state
    description: Who writes Rampart's token, keys, trail or policies is who decides, so no agent does.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches:
            - '**/.rampart'
            - '**/.rampart/**'
            - '{{state}}'
            - '{{state}}/**'
            - '/etc/rampart'
            - '/etc/rampart/**'
        message: "Rampart's own files are not for agents"

  - name: protect-secrets
    description: The token answers approvals and the database holds who may ask; policies may be read, so that an agent can see the rules.
    match: {tool: read}
    rules:
      - action: deny
        when:
          path_matches:
            - '**/.rampart'
            - '**/.rampart/**'
            - '{{state}}'
            - '{{state}}/**'
          path_not_matches:
            - '**/.rampart/policy.yaml'
            - '**/.rampart/policies/*.yaml'
            - '{{state}}/policies/*.yaml'
        message: "Rampart's own files are not for agents"

  - name: protect-hooks
    description: These files say whether an agent asks Rampart at all.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches:
            # files: made from src/setup/ by scripts/embed.mjs
            - '**/bin/rampart'
            - '**/.git/config'
            - '**/.mcp.json'
            - '**/.openclaw/openclaw.json'
            - '**/.vscode/{settings,mcp}.json'
            - '**/.config/{Code,Code - Insiders,VSCodium,Cursor,Windsurf}/User/{settings,mcp}.json'
            - '**/Application Support/{Code,Code - Insiders,VSCodium,Cursor,Windsurf}/User/{settings,mcp}.json'
            - '**/.{vscode,cursor}-server/data/{Machine,User}/settings.json'
            - '**/{.zed,.config/zed}/settings.json'
            - '**/systemd/user/rampart.service'
            - '**/systemd/user/rampart.service.d/**'
            - '**/systemd/user/*.wants/rampart.service'
            - '**/LaunchAgents/local.rampart.serve.plist'
            - '**/.claude/settings.json'
            - '**/.codex/hooks.json'
            - '**/Documents/Cline/Hooks/PreToolUse'
            - '**/Documents/Cline/Hooks/PostToolUse'
            - '**/.cursor/hooks.json'
            - '**/.gemini/settings.json'
            - '**/.github/hooks/rampart.json'
            - '**/.claude/settings.local.json'
            - '**/.claude/hooks/**'
            - '**/.claude/plugins/**'
            - '**/.claude.json'
            - '/etc/claude-code/**'
            - '/Library/Application Support/ClaudeCode/**'
            - '**/.codex/config.toml'
            - '**/.codex/{requirements,managed_config}.toml'
            - '/etc/codex/**'
            - '**/.clinerules/hooks/**'
            - '**/Cline/Hooks/**'
            - '**/.cursor/{mcp,cli-config}.json'
            - '**/.gemini/trustedFolders.json'
            - '/etc/gemini-cli/**'
            - '**/.github/hooks/*'
            - '**/.github/copilot/settings*.json'
            - '**/.copilot/hooks/**'
            - '/etc/github-copilot/**'
            - '**/.gemini/config/plugins/rampart/**'
            - '**/.config/opencode/plugin/**'
            - '**/.config/opencode/plugins/**'
            - '**/.opencode/plugin/**'
            - '**/.opencode/plugins/**'
            - '**/opencode.{json,jsonc}'
            - '**/.openclaw/extensions/**'
            # end
        message: "Hook settings are changed by people, not by agents"

  - name: protect-start-files
    description: What a shell starts with reaches every agent, and every hook, that is started from it; such a line outlives the session that wrote it.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches:
            - '~/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,zshrc,zprofile,zshenv,zlogin,zlogout,kshrc,cshrc,tcshrc,login,xprofile,xsession,pam_environment}'
            - '~/.config/zsh/.z{shrc,profile,shenv,login,logout}'
            - '~/.config/fish/{config.fish,conf.d/**,functions/**}'
            - '~/.config/{environment.d,profile.d}/**'
            - '~/.config/nushell/{config,env,login}.nu'
            - '~/.config/powershell/*profile.ps1'
            - '/root/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,zshrc,zprofile,zshenv,zlogin,zlogout,kshrc,cshrc,tcshrc,login,xprofile,xsession,pam_environment}'
            - '/root/.config/zsh/.z{shrc,profile,shenv,login,logout}'
            - '/root/.config/fish/{config.fish,conf.d/**,functions/**}'
            - '/root/.config/{environment.d,profile.d}/**'
            - '/root/.config/nushell/{config,env,login}.nu'
            - '/root/.config/powershell/*profile.ps1'
            - '**/{PowerShell,WindowsPowerShell}/*profile.ps1'
            - '/etc/{profile,environment,bash.bashrc,bashrc,zshrc,zprofile,zshenv}'
            - '/etc/{profile.d,zsh}/**'
        message: "What shells start with is changed by people, not by agents"

  - name: protect-directory-environments
    description: The same for what a shell takes on in one directory, as far as it speaks of Rampart.
    match: {tool: [write, exec]}
    rules:
      - action: deny
        when:
          path_matches: ['**/.envrc']
          tool_param_matches: {content: '*RAMPART_*=*'}
        message: "Rampart's settings are for people"
      - action: deny
        when:
          path_matches: ['**/.envrc']
          tool_param_matches: {new_string: '*RAMPART_*=*'}
        message: "Rampart's settings are for people"
      - action: deny
        when:
          path_matches: ['**/.envrc']
          command_matches: ['*RAMPART_*=*>*']
        message: "Rampart's settings are for people"

  - name: protect-own-directory
    description: Where the executable lies; a directory that is gone takes it along.
    match: {tool: delete}
    rules:
      - action: deny
        when:
          path_matches: ['**/.local/bin']
        message: "Rampart's own files are not for agents"

  - name: protect-hook-directories
    description: Taking a whole directory away, or moving it, takes its hooks with it.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['rm *', 'mv *', 'rsync *', 'ln *', 'trash *', 'chmod *', 'chown *', 'chgrp *', 'chattr *']
          path_matches:
            # directories: made from src/setup/ by scripts/embed.mjs
            - '**/.claude'
            - '/etc/claude-code'
            - '**/.codex'
            - '/etc/codex'
            - '**/.clinerules'
            - '**/Cline/Hooks'
            - '**/.cursor'
            - '**/.gemini'
            - '**/.copilot'
            - '**/.github/hooks'
            - '**/.gemini/config'
            - '**/.gemini/config/plugins'
            - '**/.config/opencode'
            - '**/.opencode'
            - '**/.openclaw'
            - '**/.openclaw/extensions'
            - '**/.local/bin'
            # end
        message: "Hook settings are changed by people, not by agents"

  - name: protect-verbs
    description: 'An agent may read what Rampart says, not tell it what to do: no switching off, no approving of its own calls.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'rampart *'
            - './rampart *'
            - 'dist/rampart *'
            - './dist/rampart *'
            - '*/bin/rampart *'
            - '*/dist/rampart *'
            - 'node *rampart.mjs *'
            - 'bun *rampart.mjs *'
            - 'deno *rampart.mjs *'
            - 'npx rampart *'
            - 'bunx rampart *'
          command_not_matches:
            # What setup writes into the settings of agents, so that they can ask under wrap, too.
            - '{{hook}} hook --format *'
            - 'BUN_OPTIONS= BUN_BE_BUN= {{hook}} hook --format *'
            - '{{client}} hook * --bin {{hook}} --home *'
            - 'rampart --help'
            - 'rampart serve --help'
            - 'rampart init --help'
            - 'rampart policy --help'
            - 'rampart test --help'
            - 'rampart audit --help'
            - 'rampart doctor'
            - 'rampart rules list'
            - 'rampart --version'
            - 'rampart version'
            - 'rampart version --json'
            - 'rampart status'
            - 'rampart status --json'
            - 'rampart test *'
            - 'rampart policy lint'
            - 'rampart policy lint *'
            - 'rampart policy explain *'
            - 'rampart policy show'
            - 'rampart policy show *'
            - 'rampart policy test'
            - 'rampart policy test *'
            - './rampart --help'
            - './rampart --version'
            - './rampart version'
            - './rampart version --json'
            - './rampart status'
            - './rampart status --json'
            - './rampart test *'
            - './rampart policy lint'
            - './rampart policy lint *'
            - './rampart policy explain *'
            - './rampart policy show'
            - './rampart policy show *'
            - './rampart policy test'
            - './rampart policy test *'
            - './dist/rampart --help'
            - './dist/rampart --version'
            - './dist/rampart version'
            - './dist/rampart version --json'
            - './dist/rampart status'
            - './dist/rampart status --json'
            - './dist/rampart test *'
            - './dist/rampart policy lint'
            - './dist/rampart policy lint *'
            - './dist/rampart policy explain *'
            - './dist/rampart policy show'
            - './dist/rampart policy show *'
            - './dist/rampart policy test'
            - './dist/rampart policy test *'
            - 'dist/rampart --help'
            - 'dist/rampart --version'
            - 'dist/rampart version'
            - 'dist/rampart version --json'
            - 'dist/rampart status'
            - 'dist/rampart status --json'
            - 'dist/rampart test *'
            - 'dist/rampart policy lint'
            - 'dist/rampart policy lint *'
            - 'dist/rampart policy explain *'
            - 'dist/rampart policy show'
            - 'dist/rampart policy show *'
            - 'dist/rampart policy test'
            - 'dist/rampart policy test *'
            - 'npx rampart --help'
            - 'npx rampart --version'
            - 'npx rampart version'
            - 'npx rampart version --json'
            - 'npx rampart status'
            - 'npx rampart status --json'
            - 'npx rampart test *'
            - 'npx rampart policy lint'
            - 'npx rampart policy lint *'
            - 'npx rampart policy explain *'
            - 'npx rampart policy show'
            - 'npx rampart policy show *'
            - 'npx rampart policy test'
            - 'npx rampart policy test *'
            - '/usr/local/bin/rampart --help'
            - '/usr/local/bin/rampart --version'
            - '/usr/local/bin/rampart version'
            - '/usr/local/bin/rampart version --json'
            - '/usr/local/bin/rampart status'
            - '/usr/local/bin/rampart status --json'
            - '/usr/local/bin/rampart test *'
            - '/usr/local/bin/rampart policy lint'
            - '/usr/local/bin/rampart policy lint *'
            - '/usr/local/bin/rampart policy explain *'
            - '/usr/local/bin/rampart policy show'
            - '/usr/local/bin/rampart policy show *'
            - '/usr/local/bin/rampart policy test'
            - '/usr/local/bin/rampart policy test *'
            - '/usr/bin/rampart --help'
            - '/usr/bin/rampart --version'
            - '/usr/bin/rampart version'
            - '/usr/bin/rampart version --json'
            - '/usr/bin/rampart status'
            - '/usr/bin/rampart status --json'
            - '/usr/bin/rampart test *'
            - '/usr/bin/rampart policy lint'
            - '/usr/bin/rampart policy lint *'
            - '/usr/bin/rampart policy explain *'
            - '/usr/bin/rampart policy show'
            - '/usr/bin/rampart policy show *'
            - '/usr/bin/rampart policy test'
            - '/usr/bin/rampart policy test *'
            - '~/.local/bin/rampart --help'
            - '~/.local/bin/rampart --version'
            - '~/.local/bin/rampart version'
            - '~/.local/bin/rampart version --json'
            - '~/.local/bin/rampart status'
            - '~/.local/bin/rampart status --json'
            - '~/.local/bin/rampart test *'
            - '~/.local/bin/rampart policy lint'
            - '~/.local/bin/rampart policy lint *'
            - '~/.local/bin/rampart policy explain *'
            - '~/.local/bin/rampart policy show'
            - '~/.local/bin/rampart policy show *'
            - '~/.local/bin/rampart policy test'
            - '~/.local/bin/rampart policy test *'
            - '~/bin/rampart --help'
            - '~/bin/rampart --version'
            - '~/bin/rampart version'
            - '~/bin/rampart version --json'
            - '~/bin/rampart status'
            - '~/bin/rampart status --json'
            - '~/bin/rampart test *'
            - '~/bin/rampart policy lint'
            - '~/bin/rampart policy lint *'
            - '~/bin/rampart policy explain *'
            - '~/bin/rampart policy show'
            - '~/bin/rampart policy show *'
            - '~/bin/rampart policy test'
            - '~/bin/rampart policy test *'
            - 'ls *'
            - 'cat *'
            - 'file *'
            - 'git *'
            - 'docker *'
            - 'grep *'
            - 'rg *'
            - 'echo *'
            - 'test *'
            - '\\[ *'
        message: "This verb of rampart is for people"
      - action: deny
        when:
          command_matches: ['rampart-shim hook *--bin *--bin *', '*/rampart-shim hook *--bin *--bin *']
        message: "The client of hooks starts Rampart alone"
      - action: deny
        when:
          command_matches: ['rampart-shim hook *--bin *', '*/rampart-shim hook *--bin *']
          command_not_matches:
            - '{{client}} hook * --bin {{hook}} --home *'
            - 'ls *'
            - 'cat *'
            - 'grep *'
            - 'rg *'
            - 'echo *'
        message: "The client of hooks starts Rampart alone"

  - name: protect-environment
    description: Variables that change what Rampart, or an agent under it, loads or asks.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          env_assigns: ['RAMPART_*', 'LD_*', 'DYLD_*', 'BASH_ENV', 'BUN_*', 'NODE_OPTIONS', 'DENO_*']
          command_matches:
            - 'rampart'
            - 'rampart *'
            - '*/bin/rampart'
            - '*/bin/rampart *'
            - './rampart'
            - './rampart *'
            - '*dist/rampart'
            - '*dist/rampart *'
            - '*rampart.mjs*'
            - 'npx rampart*'
            - 'bunx rampart*'
          command_not_matches:
            - '{{hook}} hook --format *'
            - 'BUN_OPTIONS= BUN_BE_BUN= {{hook}} hook --format *'
        message: "Rampart is not started in an environment of the agent's making"
      - action: deny
        when:
          env_assigns: ['RAMPART_*']
          command_matches: ['*claude*', '*codex*', '*gemini*', '*cursor*', '*cline*', '*copilot*', '*opencode*']
        message: "An agent is not started with Rampart turned aside"
      - action: deny
        when:
          env_assigns: [CLAUDE_CONFIG_DIR, CODEX_HOME, CLINE_HOOKS_DIR, COPILOT_HOME, OPENCLAW_STATE_DIR, 'OPENCODE_*', XDG_CONFIG_HOME, GEMINI_CLI_HOME, HOME]
          command_matches:
            - 'claude'
            - 'claude *'
            - 'codex'
            - 'codex *'
            - 'cline'
            - 'cline *'
            - 'copilot'
            - 'copilot *'
            - 'gemini'
            - 'gemini *'
            - 'opencode'
            - 'opencode *'
            - 'openclaw'
            - 'openclaw *'
            - 'cursor-agent'
            - 'cursor-agent *'
          command_not_matches:
            - '*CODEX_HOME=~/.codex codex*'
            - '*CODEX_HOME=~/.codex/ codex*'
            - '*CODEX_HOME=$HOME/.codex codex*'
            - '*CODEX_HOME=$HOME/.codex/ codex*'
            - '*CODEX_HOME=/home/*/.codex codex*'
            - '*CODEX_HOME=/home/*/.codex/ codex*'
            - '*CODEX_HOME=/root/.codex codex*'
            - '*CODEX_HOME=/root/.codex/ codex*'
            - '*CLAUDE_CONFIG_DIR=~/.claude claude*'
            - '*CLAUDE_CONFIG_DIR=~/.claude/ claude*'
            - '*CLAUDE_CONFIG_DIR=$HOME/.claude claude*'
            - '*CLAUDE_CONFIG_DIR=$HOME/.claude/ claude*'
            - '*CLAUDE_CONFIG_DIR=/home/*/.claude claude*'
            - '*CLAUDE_CONFIG_DIR=/home/*/.claude/ claude*'
            - '*CLAUDE_CONFIG_DIR=/root/.claude claude*'
            - '*CLAUDE_CONFIG_DIR=/root/.claude/ claude*'
            - '*COPILOT_HOME=~/.copilot copilot*'
            - '*COPILOT_HOME=~/.copilot/ copilot*'
            - '*COPILOT_HOME=$HOME/.copilot copilot*'
            - '*COPILOT_HOME=$HOME/.copilot/ copilot*'
            - '*COPILOT_HOME=/home/*/.copilot copilot*'
            - '*COPILOT_HOME=/home/*/.copilot/ copilot*'
            - '*COPILOT_HOME=/root/.copilot copilot*'
            - '*COPILOT_HOME=/root/.copilot/ copilot*'
        message: "An agent is not started with settings that know no hooks"
      - action: deny
        when:
          env_assigns: [CLAUDE_CONFIG_DIR, CODEX_HOME, COPILOT_HOME]
          command_matches:
            - '*CODEX_HOME=/home/*/*/.codex codex*'
            - '*CODEX_HOME=/home/*/*/.codex/ codex*'
            - '*CODEX_HOME=*/../* codex*'
            - '*CLAUDE_CONFIG_DIR=/home/*/*/.claude claude*'
            - '*CLAUDE_CONFIG_DIR=/home/*/*/.claude/ claude*'
            - '*CLAUDE_CONFIG_DIR=*/../* claude*'
            - '*COPILOT_HOME=/home/*/*/.copilot copilot*'
            - '*COPILOT_HOME=/home/*/*/.copilot/ copilot*'
            - '*COPILOT_HOME=*/../* copilot*'
        message: "An agent is not started with settings that know no hooks"
      - action: deny
        when:
          command_matches:
            - '*export *RAMPART_*=*;*rampart*'
            - '*export *RAMPART_*=*;*claude*'
            - '*export *RAMPART_*=*;*codex*'
            - '*export *RAMPART_*=*;*gemini*'
            - '*export *RAMPART_*=*;*cursor*'
            - '*export *RAMPART_*=*;*cline*'
            - '*export *RAMPART_*=*;*copilot*'
            - '*export *RAMPART_*=*;*opencode*'
            - '*export *RAMPART_*=*&&*rampart*'
            - '*export *RAMPART_*=*&&*claude*'
            - '*export *RAMPART_*=*&&*codex*'
            - '*export *RAMPART_*=*&&*gemini*'
            - '*export *RAMPART_*=*&&*cursor*'
            - '*export *RAMPART_*=*&&*cline*'
            - '*export *RAMPART_*=*&&*copilot*'
            - '*export *RAMPART_*=*&&*opencode*'
            - '*export *CLAUDE_CONFIG_DIR=*;*claude *'
            - '*export *CLAUDE_CONFIG_DIR=*&&*claude *'
            - '*export *CODEX_HOME=*;*codex *'
            - '*export *CODEX_HOME=*&&*codex *'
            - '*export *COPILOT_HOME=*;*copilot *'
            - '*export *COPILOT_HOME=*&&*copilot *'
            - '*export *CLINE_HOOKS_DIR=*;*cline *'
            - '*export *CLINE_HOOKS_DIR=*&&*cline *'
            - '*export *XDG_CONFIG_HOME=*;*opencode *'
            - '*export *XDG_CONFIG_HOME=*&&*opencode *'
            - '*export *OPENCLAW_STATE_DIR=*;*openclaw *'
            - '*export *OPENCLAW_STATE_DIR=*&&*openclaw *'
            - '*export *LD_PRELOAD*=*;*rampart *'
            - '*export *LD_PRELOAD*=*&&*rampart *'
            - '*export *BASH_ENV*=*;*rampart *'
            - '*export *BASH_ENV*=*&&*rampart *'
            - '*export *BUN_*=*;*rampart *'
            - '*export *BUN_*=*&&*rampart *'
            - '*export *NODE_OPTIONS*=*;*rampart *'
            - '*export *NODE_OPTIONS*=*&&*rampart *'
            - '*export *DENO_*=*;*rampart *'
            - '*export *DENO_*=*&&*rampart *'
        message: "What a line exports reaches Rampart, or an agent, that it runs"

  - name: protect-process
    description: A Rampart that was ended or hindered answers nobody.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          env_assigns: [RAMPART_MODE, 'RAMPART_FAIL_*', 'RAMPART_NO_*', 'RAMPART_DISABLE*']
        message: "Rampart's settings are for people"
      - action: deny
        when:
          command_matches:
            - 'pkill *ramp*'
            - 'killall *ramp*'
            - 'cargo uninstall *rampart*'
            - 'cargo install *rampart*'
            - 'go run *rampart*'
            - 'go install *rampart*'
            - 'npm uninstall *rampart*'
            - 'amp plugins remove *rampart*'
            - 'hermes hooks rm *'
            - 'hermes config unset hooks*'
            - 'claude *--safe-mode'
            - 'hermes *--safe-mode'
            - 'opencode *--pure*'
            - 'openclaw config set plugins*'
            - 'droid *--settings *'
            - 'claude *--settings *'
            - 'claude *--setting-sources*'
            - 'claude *--bare*'
            - 'claude config set *ook*'
            - 'claude plugin disable *'
            - 'claude plugin uninstall *'
            - 'codex *--disable *hooks*'
            - 'codex *hooks=false*'
            - 'codex features disable *'
            - 'gemini hooks disable*'
            - 'claude *--dangerously-skip-permissions*'
            - 'objcopy *rampart*'
            - 'pkill *rampart*'
            - 'killall *rampart*'
            - 'kill *rampart*'
            - 'systemctl stop *rampart*'
            - 'systemctl -* stop *rampart*'
            - 'systemctl kill *rampart*'
            - 'systemctl -* kill *rampart*'
            - 'systemctl restart *rampart*'
            - 'systemctl -* restart *rampart*'
            - 'systemctl disable *rampart*'
            - 'systemctl -* disable *rampart*'
            - 'systemctl mask *rampart*'
            - 'systemctl -* mask *rampart*'
            - 'service *rampart* stop'
            - 'service *rampart* restart'
            - 'launchctl unload *rampart*'
            - 'launchctl bootout *rampart*'
            - 'launchctl remove *rampart*'
            - 'launchctl kill *rampart*'
            - 'launchctl stop *rampart*'
            - 'launchctl disable *rampart*'
            - 'systemctl *edit *rampart*'
            - 'systemctl *set-property *rampart*'
            - 'systemctl *freeze *rampart*'
            - 'systemctl *revert *rampart*'
            - '*pgrep *rampart*|*xargs*kill*'
            - '*pidof *rampart*|*xargs*kill*'
            - '*ps *|*rampart*|*xargs*kill*'
            - 'kill *lsof*:9090*'
            - 'kill *lsof*:{{port}}*'
            - 'lsof *:9090*|*xargs*kill*'
            - 'lsof *:{{port}}*|*xargs*kill*'
            - 'fuser *-k*9090/tcp*'
            - 'fuser *-k*{{port}}/tcp*'
            - 'fuser *9090/tcp *-k*'
            - 'fuser *{{port}}/tcp *-k*'
          command_not_matches: ['hermes * --help']
        message: "Rampart is stopped by people: rampart serve stop, rampart off --for 10m"

  - name: protect-origin
    description: 'Rampart''s own address, in every spelling of this machine and by whatever program: its API answers people, hooks and clients, not what an agent runs.'
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          url_matches:
            - 'http*://127.*:9090/*'
            - 'http*://localhost:9090/*'
            - 'http*://*.localhost:9090/*'
            - 'http*://\\[::1\\]:9090/*'
            - 'http*://0.0.0.0:9090/*'
            - 'http*://\\[::\\]:9090/*'
            - 'http*://\\[::ffff:7f*\\]:9090/*'
            - 'ws*://127.*:9090/*'
            - 'ws*://localhost:9090/*'
            - 'ws*://*.localhost:9090/*'
            - 'ws*://\\[::1\\]:9090/*'
            - 'ws*://0.0.0.0:9090/*'
            - 'ws*://\\[::\\]:9090/*'
            - 'ws*://\\[::ffff:7f*\\]:9090/*'
            - 'http*://127.*:{{port}}/*'
            - 'http*://localhost:{{port}}/*'
            - 'http*://*.localhost:{{port}}/*'
            - 'http*://\\[::1\\]:{{port}}/*'
            - 'http*://0.0.0.0:{{port}}/*'
            - 'http*://\\[::\\]:{{port}}/*'
            - 'http*://\\[::ffff:7f*\\]:{{port}}/*'
            - 'ws*://127.*:{{port}}/*'
            - 'ws*://localhost:{{port}}/*'
            - 'ws*://*.localhost:{{port}}/*'
            - 'ws*://\\[::1\\]:{{port}}/*'
            - 'ws*://0.0.0.0:{{port}}/*'
            - 'ws*://\\[::\\]:{{port}}/*'
            - 'ws*://\\[::ffff:7f*\\]:{{port}}/*'
            - 'http*://{{origin}}/*'
            - 'ws*://{{origin}}/*'
        message: "Rampart's own address is not for agents"
      - action: deny
        when:
          # The links that people are sent, under whatever name they reach this server: a signature ends them.
          url_matches:
            - 'http*://*/approve/*.???????????????????????????????????????????'
            - 'http*://*/approve/*.???????????????????????????????????????????\\?*'
        message: "Links that answer approvals are not for agents"

  - name: mcp-definitions
    description: What an MCP server says of its tools is read by a model as if it were the person's own word, so a person accepts what changed and what speaks to the model behind their back.
    match: {tool: mcp_definition}
    rules:
      - action: require_approval
        message: "What an MCP server says of itself has changed, or is doubtful: a person accepts it"

`,
  standard: `# What Rampart enforces when nobody wrote a policy: destruction, credentials, exfiltration. Harmless
# neighbours of each pattern stand below as tests.
version: "1"
default_action: allow

policies:
  - name: block-destructive
    description: No task of an agent needs the root, the home or a disk deleted, formatted or opened to everybody, and nothing brings them back.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'rm -* /'
            - 'rm -* /\\*'
            - 'rm -* ~'
            - 'rm -* ~/'
            - 'rm -* ~/\\*'
            - 'rm -* /.'
            - 'rm -* /..'
            - 'rm -* / *'
            - 'rm -* ~ *'
            - 'rm -* /\\* *'
            - 'rm -* ~/\\* *'
            - 'rm -* /bin'
            - 'rm -* /bin/'
            - 'rm -* /bin/\\*'
            - 'rm -* /boot'
            - 'rm -* /boot/'
            - 'rm -* /boot/\\*'
            - 'rm -* /dev'
            - 'rm -* /dev/'
            - 'rm -* /dev/\\*'
            - 'rm -* /etc'
            - 'rm -* /etc/'
            - 'rm -* /etc/\\*'
            - 'rm -* /home'
            - 'rm -* /home/'
            - 'rm -* /home/\\*'
            - 'rm -* /lib'
            - 'rm -* /lib/'
            - 'rm -* /lib/\\*'
            - 'rm -* /lib64'
            - 'rm -* /lib64/'
            - 'rm -* /lib64/\\*'
            - 'rm -* /root'
            - 'rm -* /root/'
            - 'rm -* /root/\\*'
            - 'rm -* /sbin'
            - 'rm -* /sbin/'
            - 'rm -* /sbin/\\*'
            - 'rm -* /sys'
            - 'rm -* /sys/'
            - 'rm -* /sys/\\*'
            - 'rm -* /usr'
            - 'rm -* /usr/'
            - 'rm -* /usr/\\*'
            - 'rm -* /var'
            - 'rm -* /var/'
            - 'rm -* /var/\\*'
            - 'rm *--no-preserve-root*'
            - 'find / -delete'
            - 'find / -type f -delete'
            - 'find ~ -delete'
            - 'find ~ -type f -delete'
        message: "Destructive command blocked"
      - action: deny
        when:
          command_matches: ['rm -*']
          path_matches: [/, '/\\*', '~', '~/\\*', /bin, /boot, /dev, /etc, /home, /lib, /lib64, /root, /sbin, /sys, /usr, /var]
        message: "Destructive command blocked"
      - action: deny
        when:
          command_matches:
            - 'mkfs* /dev/*'
            - 'wipefs -* /dev/*'
            - 'shred * /dev/*'
            - 'dd *of=/dev/sd*'
            - 'dd *of=/dev/hd*'
            - 'dd *of=/dev/vd*'
            - 'dd *of=/dev/nvme*'
            - 'dd *of=/dev/xvd*'
            - 'dd *of=/dev/mmcblk*'
            - 'dd *of=/dev/disk*'
            - 'dd *of=/dev/mapper/*'
            - '*>/dev/sd*'
            - '*>/dev/hd*'
            - '*>/dev/vd*'
            - '*>/dev/nvme*'
            - '*>/dev/xvd*'
            - '*>/dev/mmcblk*'
            - '*>/dev/disk*'
            - '*>/dev/mapper/*'
          command_not_matches: ['mkfs.ext? -n /dev/*']
        message: "Writing over a disk blocked"
      - action: deny
        when:
          command_matches:
            - 'chmod -R 777 /'
            - 'chmod -R 777 /\\*'
            - 'chmod -R 777 ~'
            - 'chmod -R 777 /etc*'
            - 'chmod -R 777 /usr*'
            - 'chmod -R a+rwx /'
            - 'chmod *777 ~/.ssh*'
            - 'chmod *777 ~/.gnupg*'
            - 'chmod *777 ~/.aws*'
            - 'chown -R * /'
            - 'chown -R * /etc'
            - 'chown -R * /usr'
        message: "Opening the system to everybody blocked"
      - action: deny
        when:
          command_matches:
            - '*:(){ :|:& };:*'
            - '*:(){ :|:&};:*'
            - '?(){ ?|?& };?'
            - '?(){ ?|?&};?'
          command_not_matches: ['echo *', 'printf *', 'grep *', 'git commit *', 'cat *']
        message: "Fork bomb blocked"

  - name: ask-empty-variables
    description: '\`rm -rf "$X"/*\` is about the root when X is empty, and \`rm -rf *\` about wherever it runs; people have lost machines to both.'
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          program: {name: [rm, shred, chmod, chown, chgrp], flags: [recursive], operands: [/, '/\\*', '~', '~/\\*']}
          unresolved: [operand]
          command_not_matches: ['rm * /', 'rm * / *', 'rm * ~', 'rm * ~ *', 'rm * /\\*', 'rm * /\\* *']
        message: "With an empty variable this would be about the root"
      - action: require_approval
        when:
          command_matches: ['rm -rf \\*', 'rm -fr \\*', 'rm -r -f \\*', 'rm -f -r \\*', 'rm --recursive --force \\*']
          path_not_matches: ['/tmp/**', '/var/tmp/**', '**/{build,dist,out,output,target,tmp,temp,cache,.cache,node_modules,coverage,_build,bin,obj}/\\*']
        message: "Everything here would be gone, wherever this runs"

  - name: block-credential-access
    description: A key that was read is a key in the conversation, its logs and whatever is fetched next; programs use keys without the agent reading them.
    match: {tool: read}
    rules:
      - action: deny
        when:
          path_matches:
            - '**/.ssh/**'
            - '**/.aws/**'
            - '**/.gnupg/**'
            - '**/.password-store/**'
            - '**/.config/gcloud/**'
            - '**/.azure/**'
            - '**/.kube/**'
            - '**/.config/gh/**'
            - '**/.openclaw/openclaw.json*'
            - '**/.openclaw/credentials/**'
            - '**/.config/op/**'
            - '**/.local/share/keyrings/**'
            - '**/Library/Keychains/**'
            - '**/.mozilla/**'
            - '**/.thunderbird/**'
            - '**/.config/{google-chrome,chromium,BraveSoftware,microsoft-edge}/**'
            - '**/Library/Application Support/{Google/Chrome,Firefox,BraveSoftware}/**'
            - '**/.{bitcoin,ethereum,electrum,solana}/**'
            - '/etc/sudoers.d/**'
          path_not_matches:
            - '**/*.pub'
            - '**/.ssh/known_hosts*'
            - '**/.ssh/config*'
            - '**/.ssh/config.d/**'
            - '**/.ssh/authorized_keys*'
            - '**/.ssh/authorized_keys*/**'
            - '**/.aws/config'
            - '**/.kube/cache/**'
            - '**/.config/gh/config.yml'
            - '**/.gnupg/*.conf'
            - '**/.gnupg/pubring*'
            - '**/.config/gcloud/active_config'
            - '**/.azure/config'
        message: "Credential file access blocked"
      - action: deny
        when:
          path_matches:
            - '**/id_{rsa,dsa,ecdsa,ed25519}'
            - '**/.env'
            - '**/.env.{local,production,prod,staging,development,dev}'
            - '**/.env.*.local'
            - '**/.netrc'
            - '**/_netrc'
            - '**/.git-credentials'
            - '**/.config/git/credentials'
            - '**/.pypirc'
            - '~/.npmrc'
            - '~/.yarnrc.yml'
            - '**/.docker/config.json'
            - '**/.cargo/credentials*'
            - '**/.gem/credentials'
            - '**/.m2/settings-security.xml'
            - '**/.pgpass'
            - '**/.my.cnf'
            - '**/.vault-token'
            - '**/.terraform.d/credentials.tfrc.json'
            - '**/.config/rclone/rclone.conf'
            - '**/.boto'
            - '**/.s3cfg'
            - '**/.smbcredentials'
            - '**/.htpasswd'
            - '**/wallet.dat'
            - '**/.config/{pypoetry/auth.toml,glab-cli/config.yml,containers/auth.json}'
            - '**/.git/credentials'
            - '/etc/security/**'
            - '/root/.{bashrc,profile,bash_profile}'
            - '/var/lib/pam/**'
            - '/usr/share/base-passwd/**'
            - '**/.*_history'
            - '**/.codex/auth.json'
            - '**/.claude/.credentials.json'
            - '**/.claude/history.jsonl'
            - '**/.claude.json'
            - '**/.gemini/oauth_creds.json'
            - '/etc/shadow*'
            - '/etc/gshadow*'
            - '/etc/sudoers'
            - '/etc/master.passwd'
            - '/etc/security/opasswd'
            - '/etc/ssh/ssh_host_*_key'
            - '/etc/ssl/private/**'
            - '/etc/krb5.keytab'
            - '/run/secrets/**'
            - '/var/run/secrets/**'
            - '/proc/*/environ'
            - '/proc/*/mem'
            - '/proc/kcore'
            - '/dev/mem'
            - '/dev/kmem'
            - '/var/lib/sss/**'
        message: "Credential file access blocked"

  - name: block-exfil
    description: These hosts exist to receive whatever is sent, so a fetch from them is a way out, and a page on them is nobody's documentation.
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          domain_matches:
            - '*.ngrok-free.app'
            - '*.ngrok.io'
            - '*.requestbin.com'
            - '*.requestbin.net'
            - '*.oast.*'
            - '*.burpcollaborator.net'
            - '*.interact.sh'
            - 'webhook.site'
            - '*.webhook.site'
        message: "Exfiltration domain blocked"

  - name: encoding-sensitive-files
    description: Encoding or packing a key has one use, which is to carry it past whoever looks for keys.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'base64 ~/.ssh/*'
            - 'base64 ~/.aws/*'
            - '*cat*.ssh*|*base64*'
            - '*cat*.aws*|*base64*'
            - '*xxd *.ssh*'
            - 'tar *~/.ssh*'
            - 'zip *~/.ssh*'
        message: "Encoding of sensitive files blocked"

  - name: encoded-data-exfil
    description: Data that is encoded and then sent was encoded so that nobody reads what leaves.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'base64*|*curl *'
            - '*|base64*|*curl *'
            - 'base64*|*wget *'
            - '*|base64*|*wget *'
            - 'base64*|nc *'
            - '*|base64*|nc *'
        message: "Encoded data sent to network blocked"

  - name: reverse-shell
    description: A shell whose input is a connection obeys whoever is at the other end; honest remote work goes through ssh.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - '*bash -i*/dev/tcp/*'
            - '*sh -i*/dev/tcp/*'
            - '*exec *<>/dev/tcp/*'
            - 'python* -c *socket*connect*'
            - 'perl -e *Socket*connect*'
            - 'nc -e /bin/* *'
            - 'nc * -e /bin/*'
            - 'ncat * -e /bin/*'
          command_not_matches: ['git commit *', 'git tag *', 'gh pr *', 'gh issue *']
        message: "Reverse shell pattern blocked"

  - name: block-credential-commands
    description: Some programs print the keys they keep, or look into the memory of others; that is the file of keys by another door.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'ssh-keygen *-y*'
            - 'gh auth token*'
            - 'gh auth status *-t*'
            - 'gcloud auth print-*'
            - 'gcloud auth application-default print-*'
            - 'kubectl config view *--raw*'
            - 'kubectl get secret* *-o*'
            - 'aws configure get *secret*'
            - 'aws configure export-credentials*'
            - 'az account get-access-token*'
            - 'op read *'
            - 'pass show *'
            - 'security find-*-password *'
            - 'security dump-keychain*'
            - 'secret-tool lookup *'
            - 'git credential fill*'
            - 'gpg *--export-secret-*'
            - 'vault kv get *'
            - 'vault read *'
            - 'docker-credential-* get*'
            - 'unshadow *'
            - 'mimipenguin*'
            - 'lazagne*'
            - 'keyctl *print*'
        message: "Printing credentials blocked"
      - action: deny
        when:
          program: {name: [gcore, gdb, strace, ltrace]}
          command_matches: ['* -p *', '* --pid*', 'gcore *']
        message: "Looking into other processes blocked"

  - name: block-roots
    description: 'The same as block-destructive by whatever program deletes: find, python, rsync or a tool of the agent.'
    match: {tool: delete}
    rules:
      - action: deny
        when:
          path_matches:
            - /
            - '/\\*'
            - '~'
            - '~/\\*'
            - '~/.\\*'
            - '/{bin,boot,dev,etc,home,lib,lib64,opt,proc,root,run,sbin,srv,sys,usr,var}'
            - '/{bin,boot,dev,etc,home,lib,lib64,proc,root,sbin,sys,usr,var}/\\*'
            - '/usr/{bin,sbin,lib,lib64,share,local}'
            - '/usr/{bin,sbin,lib,lib64}/\\*'
            - '/var/{lib,log,spool}'
            - '/home/*'
            - '/{Users,System,Library,Applications}'
            - '/{Users,System,Library,Applications}/\\*'
            - '/Users/*'
            - '**/.ssh'
            - '**/.gnupg'
            - '**/.aws'
            - '/etc/{passwd,group,shadow,sudoers,hosts,fstab,ssh,ssl,pam.d}'
            - '/boot/**'
        message: "Deleting a root of the system or of a home blocked"

  - name: block-system-files
    description: What is written here runs later by itself, or with more rights, long after anybody looks at the agent.
    match: {tool: write}
    rules:
      - action: deny
        when:
          path_matches:
            - '/etc/{passwd,shadow,gshadow,group,sudoers,crontab,anacrontab,inittab,rc.local}'
            - '/etc/{passwd,shadow,group}-'
            - '/etc/{sudoers.d,pam.d,security,polkit-1}/**'
            - '/etc/cron.{d,daily,hourly,weekly,monthly}'
            - '/etc/cron.{d,daily,hourly,weekly,monthly}/**'
            - '/etc/{at,cron}.{allow,deny}'
            - '/var/spool/{cron,at}/**'
            - '/etc/{profile,bash.bashrc,bashrc,zshrc,zprofile,environment,csh.cshrc}'
            - '/etc/{profile.d,zsh}/**'
            - '/etc/ld.so.preload'
            - '/etc/systemd/{system,user}/**'
            - '/{lib,usr/lib}/systemd/**'
            - '/etc/{init.d,init,rc*.d,xdg/autostart,udev/rules.d,NetworkManager/dispatcher.d,update-motd.d}/**'
            - '/etc/ssh/**'
            - '/etc/modules-load.d/**'
            - '/{bin,sbin,boot}/**'
            - '/usr/sbin/**'
            - '/root/.{bashrc,profile,bash_profile,zshrc,ssh}'
            - '/root/.ssh/**'
            - '/proc/{sysrq-trigger,sys/kernel/**}'
            - '/dev/{mem,kmem,port}'
            - '/dev/{sd,hd,vd,xvd,nvme,mmcblk,disk,mapper,dm-,loop,md,sr}*'
            - '/dev/{disk,mapper}/**'
            - '**/.ssh/{authorized_keys*,rc,environment}'
            - '**/.aws/{credentials,config}'
            - '**/.gnupg/**'
            - '**/.config/systemd/**'
            - '**/.config/autostart/**'
            - '**/Library/Launch{Agents,Daemons}/**'
            - '**/.config/{google-chrome,chromium}/**'
            - '**/.mozilla/**'
            - '**/.local/bin/rampart'
            - '**/bin/rampart'
            - '**/Windows/System32/**'
        message: "Writing to where code runs by itself, or with more rights, blocked"

  - name: ask-start-files
    description: A shell reads these whenever it starts, and some hold secrets; changing them is at times the task, so a person looks.
    match: {tool: write}
    rules:
      - action: require_approval
        when:
          path_matches:
            - '~/.{bashrc,bash_profile,bash_login,bash_logout,bash_aliases,profile,zshrc,zprofile,zshenv,zlogin,zlogout,kshrc,cshrc,tcshrc,login,inputrc,xinitrc,xprofile,xsession,vimrc,netrc,npmrc,pypirc,gitconfig,pythonrc}'
            - '~/.config/fish/**'
            - '~/.config/git/config'
            - '~/.local/share/systemd/**'
            - '**/.envrc'
            - '/etc/hosts'
            - '/etc/resolv.conf'
            - '**/.ssh/config'
            - '**/.git/hooks/**'
            - '**/Library/LaunchAgents'
        message: "This file changes what runs later: a person looks first"

  - name: download-and-run
    description: Code from the network, or code that was hidden, was read by nobody before it runs; saved to a file it can be read first.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          unresolved: ['text:network', 'text:decoded']
        message: "Running what was just downloaded or decoded blocked: save it and read it first"

  - name: ask-unread-code
    description: What would run cannot be read from the line, so no other rule can judge it; a person may know more.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          unresolved: ['text:unknown', written, bound]
        message: "What would run cannot be read from here"
      - action: require_approval
        when:
          unresolved: ['text:syntax']
          command_contains: ['rm -', 'mkfs', '/dev/sd', '/dev/tcp', '[socket ', '.ssh/id_', '/etc/shadow', '|sh', '| sh', '|bash', '| bash', 'LD_PRELOAD', 'rampart ']
        message: "This is no whole shell command, and it speaks of dangerous things"
      - action: require_approval
        when:
          program: {name: [dd, wipefs, 'mkfs*']}
          unresolved: [operand]
        message: "Which device or file this overwrites cannot be known"
      - action: require_approval
        when:
          command_matches: ['hash -p *', 'enable -n *', 'npm config set script-shell *', 'npm config set *script-shell=*', 'git config *core.hooksPath *']
          # A builtin is found before any file.
          command_not_matches: ['hash -p * echo', 'hash -p * printf', 'hash -p * test', 'hash -p * true', 'hash -p * cd', 'hash -p * pwd']
        message: "Another program would answer to a name, or run unasked"

  - name: ask-endless
    description: Processes that start processes take the machine down, and an agent that waits for them never comes back.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches:
            - 'while true;do *[!&]&done'
            - 'while true;do *[!&]&[!&]*done'
            - 'while :;do *[!&]&done'
            - 'while :;do *[!&]&[!&]*done'
            - 'while /bin/true;do *[!&]&done'
            - 'while /bin/true;do *[!&]&[!&]*done'
            - 'while \\[ true ];do *[!&]&done'
            - 'while \\[ true ];do *[!&]&[!&]*done'
            - 'while \\[\\[ 1 ]];do *[!&]&done'
            - 'while \\[\\[ 1 ]];do *[!&]&[!&]*done'
            - 'while ((1));do *[!&]&done'
            - 'while ((1));do *[!&]&[!&]*done'
            - 'until *false;do *[!&]&done'
            - 'until *false;do *[!&]&[!&]*done'
            - 'for ((;;));do *[!&]&done'
            - 'for ((;;));do *[!&]&[!&]*done'
          command_not_matches: ['echo *', 'printf *', '*&wait;*', '*&wait)*', '*;wait;*', '*&break;*', '*&exit;*']
        message: "This starts processes without end"

  - name: ask-every-process
    description: Signals to everything that runs, or to what everything stands on, end the session of whoever sits there.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['kill -* -1', 'kill -* 1', 'kill 1', 'kill -9 -- -1', 'killall *-u root*', 'killall5*', 'pkill *-u root*', 'pkill *-U 0*', 'pkill -* .', 'pkill -* .\\*', 'pkill .', 'umount /', 'umount -* /', 'mount *remount,*rw* /']
          command_not_matches: ['kill -0 *', 'kill -l *', 'kill -L *']
        message: "Everything that runs here would be hit"
      - action: require_approval
        when:
          command_matches: ['pkill -u *', 'pkill * -u *', 'killall -u *', 'killall * -u *', 'skill * -u *', 'skill -u *']
          command_not_matches: ['* -u * [!-]*', '*pkill -0 *', '* --help']
        message: "All that somebody runs would be hit"
      - action: require_approval
        when:
          command_matches: ['loginctl terminate-*', 'loginctl kill-*']
          command_not_matches: ['* --help']
        message: "All that somebody runs would be hit"

  - name: block-injection
    description: These variables and modules load code into every program that starts, also into those that people start.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          env_assigns: [LD_PRELOAD, LD_AUDIT, DYLD_INSERT_LIBRARIES, BASH_ENV, PROMPT_COMMAND, PERL5OPT, PERL5DB, RUBYOPT, 'BASH_FUNC_*', PYTHONSTARTUP, GIT_EXTERNAL_DIFF, GIT_PROXY_COMMAND, LESSOPEN]
        message: "Loading code into other programs blocked"
      - action: deny
        when:
          command_matches: ['ENV=/* sh *', 'ENV=~* sh *']
        message: "Loading code into other programs blocked"
      - action: deny
        when:
          command_matches: ['*ld*.so* --preload *', 'ld.so --preload *', 'insmod *', 'modprobe *', 'kexec *', 'enable -f *']
          command_not_matches: ['grep *', 'echo *', 'cat *', 'ls *', 'modprobe -n *', 'modprobe --show*']
        message: "Loading code into other programs blocked"

  - name: block-persistence
    description: A file with the rights of another user is a door that stays open after the agent is gone.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches:
            - 'chmod *u+s*'
            - 'chmod +s *'
            - 'chmod *u+xs*'
            - 'chmod *g+xs*'
            - 'chmod *[au]+s *'
            - 'chmod 4??? *'
            - 'chmod 6??? *'
            - 'setcap *cap_setuid*'
            - 'setcap *cap_sys_*'
            - 'setcap *cap_dac_*'

        message: "Giving a file more rights than its user has blocked"

  - name: ask-accounts
    description: What runs later, who may log in and a root shell outlive the session, and a shell of root cannot be watched from here.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          program: {name: [crontab, visudo, vipw, usermod, useradd, adduser, userdel, passwd, chpasswd, dscl, sysadminctl]}
          command_not_matches: ['crontab -e', 'crontab -e -u *', 'crontab -u * -e', 'crontab -l', 'crontab -l *', 'crontab -u * -l', 'crontab --help', '* --help', 'passwd -S*', 'passwd --status*', 'useradd -D', 'at -l', 'at -c *']
        message: "What runs later, or who may log in, is for a person to change"
      - action: require_approval
        when:
          command_matches:
            - 'sudo su'
            - 'sudo su -'
            - 'sudo su root'
            - 'sudo su - root'
            - 'sudo -i'
            - 'sudo -s'
            - 'sudo -i *'
            - 'doas -s'
            - 'sh -p'
            - 'bash -p'
            - 'dash -p'
            - 'tar *--checkpoint-action=exec=*sh'
        message: "A root shell cannot be watched"
      - action: require_approval
        when:
          program: {name: [su]}
          command_matches: [su, 'su -', 'su root', 'su - root', 'su -l', 'su -l root']
        message: "A root shell cannot be watched"

  - name: block-listeners
    description: Shells that a network can reach, and files over bare connections, are tools of intruders; projects use ssh, rsync and http.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [nc, ncat, netcat, nc.traditional, nc.openbsd, busybox]}
          command_matches: ['* -e *sh', '* -e *sh *', '* -c *sh', '* -c *sh *', '* -*e *sh', '* -*e *sh *', '* --exec*/*sh', '* --exec *sh *', '* --sh-exec *sh', '* --sh-exec *sh *', '* --sh-exec=*sh', '* --sh-exec=*sh *', '* --lua-exec*', 'nc * <*', 'ncat * <*', 'netcat * <*', '* -e * *', 'busybox nc * <*', 'busybox httpd *']
        message: "A shell or a file on a bare connection blocked"
      - action: deny
        when:
          command_matches:
            - '*>/dev/tcp/*'
            - '*>/dev/udp/*'
            - '*<>/dev/tcp/*'
            - '*</dev/tcp/*'
            - '*>&/dev/tcp/*'
            - '*|nc *'
            - '*|ncat *'
            - '*|netcat *'
            - '*|socat *'
            - 'socat *EXEC:*sh*'
            - 'socat *exec:*sh*'
            - 'socat *SYSTEM:*sh*'
            - 'socat *tcp*:*file:*'
            - 'socat *file:*tcp*:*'
            - 'socat *OPEN:*TCP*:*'
            - 'socat *FILE:*TCP*:*'
            - 'socat *TCP*:*FILE:*'
            - '*awk *"/inet/tcp/*'
            - '*jjs*Socket*'
            - 'jrunscript *Socket*'
            - 'tclsh*;*[socket *'
            - '*openssl s_client *<*'
            - '* -i *|openssl s_client *'
            - '*|openssl s_client *>*'
            - '*syscall.Socket(*'
            - '*net.ParseIP(*syscall*'
            - '*mkfifo *|*nc *'
            - '*zsh/net/tcp*'
            - '*ztcp *'
            - 'openssl s_client *|*sh*'
            - 'bash -i >* '
            - 'xterm *-display *:*'
            - 'bash -i >*'
            - 'sh -i >*'
          command_not_matches: ['git commit *', 'git tag *', 'gh pr *', 'gh issue *']
        message: "A shell or a file on a bare connection blocked"

  - name: block-metadata
    description: At this address a cloud machine hands out its own credentials to whoever asks.
    match: {tool: fetch}
    rules:
      - action: deny
        when:
          domain_matches: [169.254.169.254, 169.254.170.2, 'metadata.google.internal', '*fd00:ec2::254*', 100.100.100.200, metadata.azure.com, 0.0.0.0, '*.nip.io', '*.sslip.io', '*.xip.io', '*.localtest.me', localtest.me]
        message: "Cloud metadata, and names that only hide an address, blocked"

  - name: ask-webhooks
    description: These places take whatever is sent; a team may well post there, so a person decides.
    match: {tool: fetch}
    rules:
      - action: require_approval
        when:
          url_matches: ['https://discord.com/api/webhooks/*', 'https://discordapp.com/api/webhooks/*', 'https://hooks.slack.com/*', 'https://api.telegram.org/bot*', 'https://pastebin.com/api/*', 'https://transfer.sh/*', 'https://file.io/*', 'https://0x0.st/*']
        message: "Whatever is sent there leaves this machine"

  - name: block-own-code
    description: Programs that inline code starts are not seen from here; run directly, they are judged like any other.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_contains: ['FileUtils.rm_rf', os.system, os.popen, 'shell=True', 'subprocess.getoutput', pty.spawn, 'os import system', child_process, 'child_pro''+', Deno.Command, Bun.spawn, 'socket.socket', 'os.exec', 'TCPSocket', fsockopen, 'IO::Socket', rmtree, remove_tree, 'IO.popen', 'os.execute', 'io.popen', 'shell_exec', 'passthru(', 'LWP::Simple', 'urlopen', 'require("socket")', "require('socket')"]
          program: {name: ['python*', 'pypy*', 'perl*', 'ruby*', node, nodejs, bun, deno, tsx, 'php*', 'lua*', tclsh, expect, osascript]}
          command_matches: ['* -c *', '* -*c *', '* -e *', '* -*e *', '* -p *', '* -*p *', '* --eval *', '* --print *', '* eval *', '* -r *', '*<<*', '*- *']
        message: "Programs started from inline code cannot be watched: run them directly"
      - action: deny
        when:
          program: {name: [node, nodejs, bun, deno, tsx]}
          command_matches: ['*rm*(*homedir(),*recursive*', '*rm*(process.env.HOME,*recursive*', '*remove(Deno.env.get(?HOME?),*recursive*']
        message: "The home would be gone"
      - action: deny
        when:
          program: {name: ['python*', 'pypy*', 'perl*', 'ruby*', node, nodejs, bun, deno, tsx, 'php*']}
          command_contains: [eval, 'exec(', 'function(', 'vm.run', instance_eval]
          command_matches: ['*fetch(*', '*urlopen*', '*URI.open*', '*requests*.get(*', '*require(?http*).get(*', '*http.get*', '*https.get*', '*LWP::*', '*Net::HTTP*', '*file_get_contents(*http*']
          command_not_matches: ['*[!.]literal_eval*']
        message: "Code from the network handed to an interpreter blocked"
      - action: deny
        when:
          command_matches: ['*iwr *|*iex*', '*irm *|*iex*', '*Invoke-WebRequest*|*Invoke-Expression*', '*DownloadString(*', 'powershell *-enc*', 'pwsh *-enc*', 'powershell *-Enc*', 'pwsh *-Enc*']
          command_not_matches: ['echo *', 'grep *']
        message: "Code from the network, or hidden code, handed to PowerShell blocked"

  - name: block-disks
    description: Programs that rewrite partition tables, volumes and boot loaders take everything with them, whatever the option was meant to be.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [blkdiscard, sgdisk, sfdisk, fdisk, gdisk, parted, cfdisk, mkswap, hdparm, badblocks, 'mkfs*', dd, cp]}
          command_matches: ['* /dev/sd*', '* /dev/hd*', '* /dev/vd*', '* /dev/xvd*', '* /dev/nvme*', '* /dev/mmcblk*']
          command_not_matches: ['fdisk -l*', 'sfdisk -l*', 'sfdisk --list*', 'sfdisk -d*', 'sfdisk --dump*', 'parted -l*', 'parted * print*', 'gdisk -l*', 'sgdisk -p*', 'sgdisk --print*', 'hdparm -[IitTg]*', 'hdparm -* -[IitTg]*', 'badblocks -v /dev*', 'badblocks -sv /dev*', 'badblocks -n* /dev*', 'mkfs.ext? -n /dev/*', 'sfdisk --no-act *', 'dd if=/dev/*', 'cp /dev/* [!/]*']
        message: "Writing over a disk blocked"

  - name: ask-volumes
    description: A volume, pool or array that is removed is gone for good, but sizes and names of them are real work for some.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['lvremove *', 'vgremove *', 'pvremove *', 'lvm *remove *', 'zpool destroy *', 'zfs destroy *', 'mdadm --stop *', 'mdadm --zero-superblock *', 'swapoff *', 'diskutil erase*', 'btrfs subvolume delete *']
          command_not_matches: ['* -h', '* -h *', '* --help*', '* --longhelp*', '* --test*']
        message: "Volumes are gone for good"

  - name: block-roots-by-program
    description: Opening, taking over, mirroring away or deleting everything at once is never the task, whichever program does it.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [chmod, chown, chgrp, setfacl, chattr, chflags, rm], flags: [recursive], operands: [/, '/\\*', '/{bin,boot,dev,etc,home,lib,lib64,root,sbin,usr}', '/{etc,usr,bin}/\\*']}
        message: "The whole system would be changed"
      - action: deny
        when:
          program: {name: [chmod, chown, chgrp], operands: [/]}
        message: "The whole system would be changed"
      - action: deny
        when:
          program: {name: [chmod], operands: ['/{bin,boot,dev,etc,home,lib,lib64,root,sbin,usr,var}']}
          command_matches: ['chmod *[0-7][0-7][2367] /*', 'chmod *[ao]+*w* /*', 'chmod +*w* /*']
        message: "Anybody could change the system"
      - action: deny
        when:
          program: {name: [rsync], flags: [delete], operands: [/, /etc, /usr, /home, '/home/*', /var, /bin, /lib, /boot, '~']}
          command_not_matches: ['rsync --dry-run *', 'rsync -n *', 'rsync -an *', 'rsync -avn *', 'rsync -avzn *', 'rsync -nav *', 'rsync -nr *']
        message: "The whole system would be changed"
      - action: deny
        when:
          command_matches: ['rsync *--delete* /', 'rsync *--delete* / *', 'rsync *--delete* /etc', 'rm -rf .', 'rm -fr .', 'rm -r .', 'rm -r -f .', 'rm -rf ..', 'rm -rf ../..', 'mv / *', 'mv ~ *', 'find /etc *|xargs *rm *', 'find / *|xargs *rm *', 'find /usr *|xargs *rm *']
          command_not_matches: ['rsync --dry-run *', 'rsync -n *', 'rsync -an *', 'rsync -avn *', 'rsync -avzn *', 'rsync -nav *', 'rsync -nr *']
        message: "Everything here would be gone"

  - name: ask-system-deletion
    description: Configuration, logs and data of the system, or a repository's .git, come back from a backup only.
    match: {tool: delete}
    rules:
      - action: require_approval
        when:
          path_matches: ['/etc/**', '/usr/{bin,sbin,lib}/*', '/usr/share/base-passwd/**', '/var/log/**', '/var/audit/**', '/var/spool/mail/**', '/tmp', '/var/tmp', '/Library/**', '**/.git', '**/*.git/{objects,refs,logs,worktrees}', '**/*.git/{objects,refs,logs,worktrees}/**']
          path_not_matches: ['/etc/apt/sources.list.d/**', '/usr/bin/python*', '/etc/nginx/sites-enabled/**']
        message: "What the system, or a repository, stands on would be gone"

  - name: ask-traces
    description: Logs, histories and audit settings say what happened; whoever changes them changes what people can see later.
    match: {tool: write}
    rules:
      - action: require_approval
        when:
          path_matches: ['/var/log/{wtmp,btmp,lastlog,utmp,faillog,tallylog,sudo.log,boot.log,pacman.log,Xorg.0.log}', '/var/log/{syslog,messages,secure,auth,kern,cron,mail,maillog,daemon,user,dpkg,dmesg,system,install,debug,apt}*', '/var/log/{audit,journal,sa,samba,asl,apt}/**', '/var/audit/**', '**/.{bash,zsh,sh,ksh,python,node,mysql,psql,sqlite,irb,rediscli}_history', '/etc/rsyslog*', '/etc/rsyslog.d/**', '/etc/syslog*', '/etc/systemd/journald*', '/etc/audit/**', '/etc/ufw/**', '/etc/default/ufw', '/etc/emond.d/**', '/Library/StartupItems/**', '/usr/local/etc/rc.d/**', '**/Library/Preferences/**', '/var/lib/docker/containers/**', '**/*.git/{objects,refs}/**', '**/site-packages/*.pth', '**/sitecustomize.py', '**/usercustomize.py']
          path_not_matches: ['/var/log/{nginx,apache2,httpd}/**', '/var/www/**']
        message: "This changes what people can see later"

  - name: ask-defences
    description: Firewalls, audit and limits are in somebody's way by design; whether they may go is for that somebody to say.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches:
            - 'ufw disable*'
            - 'ufw logging off*'
            - 'ufw prepend *'
            - 'ufw reset*'
            - 'iptables -F*'
            - 'iptables -D *'
            - 'iptables --flush*'
            - 'nft flush *'
            - 'pfctl -d*'
            - 'systemctl stop *ufw*'
            - 'systemctl stop *rsyslog*'
            - 'systemctl disable *rsyslog*'
            - 'systemctl stop *journald*'
            - 'systemctl stop *auditd*'
            - 'systemctl stop *firewalld*'
            - 'systemctl stop *falcon*'
            - 'systemctl stop cron*'
            - 'service *syslog* stop*'
            - 'service auditd stop*'
            - 'service iptables stop*'
            - 'pkill *cron*'
            - 'setenforce 0*'
            - 'auditctl -D*'
            - 'auditctl -e 0*'
            - 'auditctl -a *'
            - 'spctl --master-disable*'
            - 'csrutil disable*'
            - 'launchctl unload *'
            - 'launchctl load *'
            - 'launchctl bootstrap *'
            - 'tmutil disable*'
            - 'kextload *'
            - 'kextunload *'
            - 'kmutil load *'
            - 'xattr -*d com.apple.quarantine*'
            - 'sysctl kernel.*=*'
            - 'log erase *'
            - 'journalctl *--vacuum*'
            - 'journalctl *--rotate*'
            - 'history -c'
            - 'history -c;*'
            - 'history -cw*'
            - 'history -w /dev/null*'
            - 'set +o history*'
            - 'unset HISTFILE*'
            - 'dmesg -[cC]*'
            - 'dmesg --clear*'
            - 'sysctl -w kernel.panic*=*'
            - 'sysctl -w kernel.sysrq*=*'
            - 'sysctl -w kernel.core_pattern*=*'
            - 'sysctl -w kernel.modules_disabled*=*'
            - 'defaults write *LoginHook*'
            - 'defaults write *loginwindow*'
            - 'chattr +i *'
            - 'chattr -i *'
            - 'dsenableroot*'
            - 'pw useradd *'
            - 'pw usermod *'
            - 'pw user *'
            - 'security import *'
            - 'security find-*'
            - 'trap * DEBUG*'
        message: "Defences, or what people can see later, would change"
      - action: require_approval
        when:
          env_assigns: [HISTFILE]
        message: "Commands would no longer be remembered"
      - action: require_approval
        when:
          env_assigns: [HISTFILESIZE, HISTSIZE]
          command_not_matches: ['*HIST*SIZE=[1-9]*', '*HISTSIZE=-1', '*HISTFILESIZE=-1', '*HISTSIZE= *', '*HISTSIZE=']
        message: "Commands would no longer be remembered"
      - action: require_approval
        when:
          env_assigns: [HISTCONTROL, HISTIGNORE]
          command_not_matches: ['*HISTCONTROL=ignoredups', '*HISTCONTROL=erasedups', '*HISTCONTROL=ignoredups:erasedups']
        message: "Commands would no longer be remembered"
      - action: require_approval
        when:
          command_matches: ['aws iam create-*', 'aws iam attach-*', 'aws iam put-*', 'aws iam add-*', 'aws cloudtrail stop-*', 'aws cloudtrail delete-*', 'aws cloudtrail update-*', 'aws configservice stop-*', 'aws logs delete-*', 'aws guardduty delete-*', 'gcloud iam service-accounts keys create*', 'gcloud logging *delete*', 'gcloud projects add-iam-policy-binding*', 'az ad *create*', 'az role assignment create*', 'az monitor *delete*', 'kubectl run *hostPID*', 'kubectl run *privileged*', 'docker run *-v /:*', 'podman run *-v /:*', 'nerdctl run *-v /:*', 'podman run *--privileged*', 'nerdctl run *--privileged*', 'docker run *source=/,*', 'docker run *src=/,*', 'docker run *--privileged*', 'docker run *--pid=host*', 'docker run *docker.sock*', 'nsenter -t 1 *', 'nsenter --target 1 *', 'kubectl proxy *--address=0.0.0.0*']
        message: "Rights in the cloud, or on the host of a container, would grow"

  - name: ask-uploads
    description: What leaves the machine cannot be called back, and nobody sees from here who receives it.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches:
            - '*tar *|*curl *'
            - 'env|*curl *'
            - 'printenv|*curl *'
            - 'set|*curl *'
            - 'wget *--post-f*'
            - 'wget *--post-d*'
            - 'ab -p *'
            - 'ftp *put *'
            - 'tftp *'
            - 'smbclient *put *'
            - 'whois -h * -p *'
            - 'finger *@*'
            - 'hping3 *--file*'
            - 'lp *-h *'
            - 'cancel -h *'
            - 'php -S 0.0.0.0*'
            - 'restic *rest:http*'
            - 'tailscale serve *'
            - 'dig *$(*'
            - 'dig *\`*'
            - 'nslookup *$(*'
            - 'tar *-*f *:*/*'
            - 'tar *--file=*:*/*'
            - '*|ssh * *cat*>*'
            - 'sshfs *'
            - 'httpd *-h *'
            - 'node *createReadStream*request(*'
            - 'node *fetch(*process.env*'
            - 'node *process.env*fetch(*'
            - 'python* *os.environ*requests.p*'
            - 'python* *requests.p*os.environ*'
          # Behind \`-n\` nothing is sent.
          command_not_matches: ['*|ssh -n *']
        message: "This sends what it is given out of this machine"
      - action: require_approval
        when:
          command_matches:
            - '*.key*curl *'
            - '*.pem*|*curl *'
            - '*certs*|*curl *'
            - '*.key*|ssh *'
            - '*.key*|*nc *'
            - 'socat *OPEN:*'
            - 'socat *CREAT:*'
            - 'socat *EXEC:*'
          command_not_matches: ['echo *', 'grep *', 'socat *:* EXEC:/bin/cat', 'socat *:* EXEC:cat']
        message: "Keys would leave this machine"
      - action: require_approval
        when:
          program: {name: [rsync, scp, rclone], operands: ['~', /, /etc, /home, /root, /var]}
          command_matches: ['* *[!s]:*', 'rclone copy *', 'rclone sync *']
          command_not_matches: ['*@localhost:*', '* [a-z]*:* ~', '* [a-z]*:* ~/', '* [a-z]*:* /']
        message: "Everything of a person, or of the system, would leave this machine"
      - action: require_approval
        when:
          program: {name: [curl, scp, rsync, sftp, wget, aws, gsutil, rclone, nc, socat, ssh, http]}
          path_matches: ['**/*.{key,pem,p12,pfx,keystore,jks}', '**/certs', '**/certs/**', '**/secrets/**', '**/.env*']
          command_not_matches: ['ssh -i *', 'ssh * -i *', '*@localhost:*', 'scp -i *', 'scp * -i *', 'rsync *-e *', 'curl *--cacert *', 'curl *--cert *', 'curl *-E *', 'curl *--key *']
        message: "Keys would leave this machine"

  - name: block-hidden-options
    description: Options hidden in the environment, and a program nobody can name told to take everything, are written to be overlooked.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          env_assigns: [TAR_OPTIONS]
        message: "Options of tar hidden in its environment"
      - action: deny
        when:
          env_assigns: [TAPE]
          # An archive that is named is the one.
          command_not_matches: ['*tar -*f *', '*tar *--file*']
        message: "Options of tar hidden in its environment"
      - action: deny
        when:
          unresolved: [program]
          command_matches: ['* -rf /', '* -rf /\\*', '* -rf ~', '* -fr /', '* -r -f /', '* -Rf /']
        message: "Whatever program this is, it is told to take everything"

  - name: ask-before-losing-work
    description: git brings back what was committed; these commands are about what was not, and about history that is gone afterwards.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches:
            - 'git reset *--h*'
            - 'git clean *-*f*'
            - 'git clean'
            - 'git checkout .'
            - 'git checkout -- .'
            - 'git checkout * -- .'
            - 'git checkout * .'
            - 'git checkout -f'
            - 'git checkout -f *'
            - 'git checkout * -f'
            - 'git checkout * -f *'
            - 'git checkout --force*'
            - 'git switch *-f *'
            - 'git switch -f*'
            - 'git switch *--discard-changes*'
            - 'git restore .'
            - 'git restore *--worktree*'
            - 'git restore * .'
            - 'git stash drop'
            - 'git stash clear*'
            - 'git branch -D *'
            - 'git branch * -D *'
            - 'git branch *--delete *--force*'
            - 'git push *--mirror*'
            - 'git filter-branch *-f*'
            - 'git filter-repo *'
            - 'git prune *--expire*'
            - 'git reflog expire *--expire*'
            - 'git gc *--p*'
            - 'git -c gc.*gc*'
            - 'git update-ref -d *'
            - 'git worktree remove *--force*'
          command_not_matches:
            - 'git clean -n'
            - 'git clean -n *'
            - 'git clean -[dfqxX]n'
            - 'git clean -[dfqxX]n *'
            - 'git clean -[dfqxX][dfqxX]n'
            - 'git clean -[dfqxX][dfqxX]n *'
            - 'git clean -i'
            - 'git clean -i *'
            - 'git clean -[dfqxX]i'
            - 'git clean -[dfqxX]i *'
            - 'git clean -i[dfqxX]'
            - 'git clean -i[dfqxX] *'
            - 'git clean --dry-run*'
            - 'git clean --interactive*'
            # One named file, as with rm.
            - 'git clean -* -- [!.:*/-]*'
            - 'git checkout -f -- [!.:*/-]*'
            - 'git clean -d* --dry-run'
            - 'git clean -f* build'
            - 'git clean -f* dist'
            - 'git clean -f* out'
            - 'git clean -f* target'
            - 'git clean -f* node_modules'
            - 'git clean * --no-force'
            - 'git clean -f .git'
            - 'git * -c clean.requireForce=true clean'
            - 'git * gc --no-prune'
            - 'git push *--dry-run*'
            - 'git push -n *'
            - 'git restore --staged .'
            - 'git checkout *--patch*'
            - '* --help'
        message: "Work that was not committed, or history, would be gone"
      # Among named files one that names everything below it.
      - action: require_approval
        when:
          command_matches:
            - 'git clean * -- *[ /].'
            - 'git clean * -- *[ /].[ /]*'
            - 'git clean * -- *../*'
            - 'git clean * -- *.. *'
            - 'git clean * -- *..'
            - 'git clean * -- * :*'
            - 'git clean * -- *[*]*'
            - 'git checkout -f -- *[ /].'
            - 'git checkout -f -- *[ /].[ /]*'
            - 'git checkout -f -- *../*'
            - 'git checkout -f -- *.. *'
            - 'git checkout -f -- *..'
            - 'git checkout -f -- * :*'
            - 'git checkout -f -- *[*]*'
        message: "Work that was not committed would be gone"

  - name: ask-before-irreversible
    description: Published packages, forced pushes and infrastructure that is torn down cannot be taken back by the next command.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches:
            - 'git push -f'
            - 'git push --force'
            - 'git push --force=* *'
            - 'git push * --force=*'
            - 'git push --force *'
            - 'git push * --force'
            - 'git push * --force *'
            - 'git push -f *'
            - 'git push * -f'
            - 'git push * +*'
            - 'git push *--force-with-lease=*:*'
            - 'git push * :main'
            - 'git push * --delete main'
            - 'git push --delete * main'
            - 'git push -d * main'
            - 'git push * -d main'
            - 'git push * :master'
            - 'git push * --delete master'
            - 'git push --delete * master'
            - 'git push -d * master'
            - 'git push * -d master'
            - 'git push * :trunk'
            - 'git push * --delete trunk'
            - 'git push --delete * trunk'
            - 'git push -d * trunk'
            - 'git push * -d trunk'
            - 'git push * :develop'
            - 'git push * --delete develop'
            - 'git push --delete * develop'
            - 'git push -d * develop'
            - 'git push * -d develop'
            - 'git push * :production'
            - 'git push * --delete production'
            - 'git push --delete * production'
            - 'git push -d * production'
            - 'git push * -d production'
            - 'git push * :release'
            - 'git push * --delete release'
            - 'git push --delete * release'
            - 'git push -d * release'
            - 'git push * -d release'
            - 'git push -uf *'
            - 'git push -fu *'
            - 'aws s3 rb *'
            - 'aws s3 rm *--recursive*'
            - 'gsutil rm -r *'
            - 'gsutil -m rm -r *'
            - 'dropdb *'
            - 'redis-cli *FLUSHALL*'
            - 'redis-cli *flushall*'
            - 'psql *DROP DATABASE*'
            - 'mysql *DROP DATABASE*'
            - 'mongosh *dropDatabase*'
            - 'terraform destroy*'
            - 'terraform apply *-auto-approve*'
            - 'kubectl delete namespace *'
            - 'kubectl delete ns *'
            - 'shutdown*'
            - 'reboot*'
            - 'poweroff*'
            - 'halt'
            - 'halt -*'
            - 'init 0'
            - 'init 6'
            - 'systemctl poweroff*'
            - 'systemctl reboot*'
            - 'systemctl halt*'
            - 'cryptsetup luksFormat *'
            - 'crontab -r*'
          command_not_matches: ['git push --dry-run *', 'git push -n *', '* --help']
        message: "Cannot be taken back"

  - name: ask-tunnels
    description: A way in from outside, or traffic that goes another way, passes by every other defence and stays open.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['autossh *-*R *', 'ssh *-o StrictHostKeyChecking=no*-*R *:*', 'ssh *-R 0.0.0.0:*', 'ssh -*R *:22 *', 'ssh -*R *:localhost:22 *']
          command_not_matches: ['* --help']
        message: "This opens a way into this machine from outside"
      - action: require_approval
        when:
          program: {name: [chisel, iodine, dnscat, dnscat2, 'ptunnel*', ligolo-agent, gost, tmate, arpspoof, ettercap, bettercap, dnsspoof, sslsplit, responder]}
          command_not_matches: ['* --help', '* -h', '* --version', '* version', 'tmate -V']
        message: "This opens a way into this machine from outside, or listens to others"
      - action: require_approval
        when:
          command_matches: ['socat *-LISTEN:*,*fork* TCP*:*', 'socat *-LISTEN:*,*fork* tcp*:*', 'tailscale up *--ssh*', 'tailscale up *--login-server*', 'ngrok tcp *', 'frpc *tcp *--remote*port*', 'networksetup -set*proxy* *', 'networksetup -setdnsservers *', 'iptables *-j DNAT *', 'iptables *--jump DNAT *', 'frpc *-p tcp *']
        message: "Traffic would go another way"

  - name: ask-lasting-destruction
    description: 'Databases, clouds and clusters have no trash: once the command has run, only a backup helps.'
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['aws * terminate-*', 'aws * schedule-key-deletion *', 'aws rds delete-*', 'aws dynamodb delete-table *', 'aws kms disable-*', 'aws cloudformation delete-stack *', 'aws eks delete-cluster *', 'gcloud projects delete *', 'gcloud sql * delete *', 'gcloud container clusters delete *', 'gcloud * delete *--quiet*', 'gcloud * delete *-q', 'az * delete *--yes*', 'az * delete *-y*', 'az * purge *', 'pulumi destroy *-*y*', 'pulumi destroy *--skip-preview*', 'pulumi stack rm *--force*', 'eksctl delete cluster *', 'doctl * delete *-*f*', 'gh repo delete *--yes*', 'gh repo delete *--confirm*', 'gh repo archive *-y*', 'heroku apps:destroy *--confirm*', 'heroku pg:reset *--confirm*', 'fly* apps destroy *-y*', 'fly* apps destroy *--yes*', 'tofu destroy *-auto-approve*', 'terragrunt *destroy*-auto-approve*', 'terragrunt run-all destroy*', 'cdk destroy *--force*', 'serverless remove *', 'firebase *:delete *--force*', 'firebase *:delete *-f*', 'vault secrets disable *', 'vault operator seal*', 'consul kv delete *-recurse*', 'nomad job stop *-purge*']
        message: "What a cloud runs would be gone"
      - action: require_approval
        when:
          command_matches: ['kubectl * --all', 'kubectl * --all *', 'kubectl delete *-A*', 'kubectl delete *--all-namespaces*', '*|xargs *kubectl delete*', 'kubectl *delete node*', 'kubectl *delete nodes*', 'kubectl *delete pv*', 'kubectl *delete pvc*', 'kubectl *delete crd*', 'kubectl *delete crds*', 'kubectl delete node *', 'kubectl delete nodes *', 'kubectl delete crd *', 'kubectl delete pv *', 'kubectl *drain *--force*', '*|xargs *helm uninstall*', '*|xargs *helm delete*', 'etcdctl * del * --prefix*', 'etcdctl *del *--from-key*', 'etcdctl *del *--prefix*', 'kubeadm reset*', 'docker swarm leave *--force*', 'docker swarm leave *-f*', 'docker volume rm $(*', 'docker rm *$(docker ps *', 'docker volume rm \`*', '*|xargs *docker volume rm*']
          command_not_matches: ['kubectl get *', 'kubectl describe *', 'kubectl label *', 'kubectl annotate *', 'kubectl wait *', 'kubectl rollout *', 'kubectl * --dry-run*', '* --help', 'kubectl delete pods *', 'kubectl delete pod *', 'kubectl delete po *', 'kubectl scale *']
        message: "What a cluster holds would be gone"
      - action: require_approval
        when:
          command_matches: ['kubectl get nodes*|xargs *kubectl delete*', 'kubectl get ns*|xargs *kubectl delete*', 'kubectl get pv*|xargs *kubectl delete*', 'kubectl get pvc*|xargs *kubectl delete*', 'kubectl get crd*|xargs *kubectl delete*', 'kubectl get no*|xargs *kubectl delete*', 'kubectl get n*s*|xargs *kubectl delete*', 'kubectl get pv*|xargs *kubectl delete*', 'kubectl get crd*|xargs *kubectl delete*', 'kubectl get all*|xargs *kubectl delete*']
        message: "What a cluster holds would be gone"
      - action: require_approval
        when:
          program: {name: [psql, mysql, mariadb, mysqladmin, mongo, mongosh, sqlcmd, cqlsh, clickhouse-client, redis-cli, cockroach, sqlplus]}
          command_contains: ['drop schema', 'drop database', 'truncate ', 'delete from', 'dropdatabase', 'flushall', 'flushdb', 'drop table', 'drop keyspace', ' drop ', 'deletemany({})', 'shutdown nosave']
          command_not_matches: ['*drop * if exists*', '*SELECT *', '*select *', '*DROP * IF EXISTS*', '*where *', '*WHERE *', '*_test*', '*test_*', '*-test*', '*localhost*', '*127.0.0.1*', '* -d test *', '* test *']
        message: "What a database holds would be gone"
      - action: require_approval
        when:
          command_matches: ['curl *-X DELETE *:9200/*', 'curl *-XDELETE *:9200/*', 'curl *--request DELETE *:9200/*']
          command_not_matches: ['*localhost*', '*127.0.0.1*']
        message: "What a database holds would be gone"
      - action: require_approval
        when:
          command_matches: ['echo *DROP *|psql *', 'echo *DROP *|mysql *', 'echo *DELETE FROM *|mysql *', 'echo *DELETE FROM *|psql *', 'echo *FLUSHALL*|redis-cli*', 'printf *DROP *|psql *', 'printf *DROP *|mysql *']
          command_not_matches: ['*IF EXISTS*', '*test*', '*localhost*']
        message: "What a database holds would be gone"
      - action: require_approval
        when:
          program: {name: [rm, rmdir, shred, find, truncate]}
          path_matches: ['/var/lib/{docker,containerd,etcd,postgresql,mysql,mongodb,redis,kubelet,rancher,elasticsearch}', '/var/lib/{postgresql,mysql,mongodb,etcd,docker}/**']
        message: "What a database or a cluster holds would be gone"

  - name: ask-supply-chain
    description: Whoever can say where packages come from, or that signatures don't matter, can run code on every machine that installs.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['npm config set *registry* http:*', 'npm config set strict-ssl false*', 'npm i* *--registry http:*', 'npm i* *--registry=http:*', 'npx *http:*', 'npx *https:*.tgz*', 'deno run *http:*', 'deno run *https:*', 'yarn config set *registry http:*', 'pnpm config set *registry http:*', 'pip* install *--trusted-host *', 'pip* install *-i http:*', 'pip* install *--index-url http:*', 'pip* install *--extra-index-url http:*', 'pip* config set *index-url http:*', 'gem install *--source http:*', 'gem sources --add http:*', 'go env -w *GONOSUMDB*', 'go env -w GOFLAGS=-insecure*', 'go env -w GOSUMDB=off*', 'go env -w *GOPROXY=http:*', 'git config *http.sslVerify false*', 'git config *url.*.insteadOf *', 'git config *core.fsmonitor *[/!]*', 'git config *credential.helper *!*', 'git config *init.templateDir *', 'git config *core.sshCommand *', 'git config *core.pager *[|;&]*', 'git config *alias.* *!*[|;&]*', 'git config *protocol.ext.allow *']
          command_not_matches: ['*localhost*', '*127.0.0.1*', 'git config *--get*', 'git config *--unset*', '* --help', 'git config *credential.helper *!aws *', 'git config *credential.helper *!gh *', 'git config *credential.helper *!*gcloud*']
        message: "Code would come from elsewhere, or run unasked"
      - action: require_approval
        when:
          command_matches: ['dpkg *--force-all*', 'rpm *--nosignature*', 'rpm *--nogpgcheck* *', 'apt* install *--allow-unauthenticated*', '*trusted=yes* *http:*sources.list*', 'apt* *--allow-insecure-repositories*', 'yum install *--nogpgcheck*', 'dnf install *--nogpgcheck*', 'apk add *--allow-untrusted*', 'pacman *--noconfirm *-U http:*', 'rpm -*[Ui]* http:*', 'npm pkg set scripts.preinstall*', 'npm pkg set scripts.postinstall*', 'npm pkg set scripts.postinstall*', 'npm pkg set scripts.preinstall*', 'npm pkg set *postinstall=*', 'security add-trusted-cert *', 'trust anchor *', 'certutil -A *-t *C*']
          command_not_matches: ['* --help', 'trust anchor --list*']
        message: "What is installed would no longer be proved, or another would be believed"

  - name: ask-trusted-files
    description: These files say where packages come from, which certificates are believed and what a start of the system does.
    match: {tool: write}
    rules:
      - action: require_approval
        when:
          path_matches: ['/etc/apt/apt.conf.d/**', '/etc/apt/trusted.gpg.d/**', '/etc/yum.repos.d/**', '/etc/pacman.conf', '/etc/pacman.d/**', '/usr/local/share/ca-certificates/**', '/etc/pki/ca-trust/**', '/etc/ld.so.conf.d/**', '/etc/default/grub', '/etc/grub.d/**', '/etc/selinux/**', '/etc/apparmor.d/**', '/etc/periodic/**', '/etc/tor/**', '/{lib,usr/lib}/*/security/**', '/lib/security/**', '/etc/nsswitch.conf', '/etc/sysctl.d/**', '/etc/fail2ban/**', '/etc/exports', '/proc/sys/{user/max_user_namespaces,fs/protected_*,fs/suid_dumpable}', '/sys/fs/selinux/enforce', '/sys/kernel/security/**']
        message: "What the system trusts would change"

  - name: ask-machine-rights
    description: Rights that have grown stay grown, in a cluster for everybody who works there.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['systemctl stop apparmor*', 'systemctl stop fail2ban*', 'systemctl *stop apparmor*', 'systemctl *stop fail2ban*', 'systemctl disable *apparmor*', 'systemctl disable *fail2ban*', 'systemctl disable *firewalld*', 'systemctl disable *ufw*', 'systemctl disable *auditd*', 'aa-teardown*', 'aa-complain *', 'ufw *disable*', 'socketfilterfw *--setglobalstate off*', '*/socketfilterfw *off*', 'pkill *falcon*', 'pkill *clamd*', 'pkill *osquery*', 'pkill *sentinel*', 'killall *falcon*', 'killall *clamd*', 'apt* purge *clamav*', 'apt* remove *clamav*', 'apt* purge *clamav*', 'apt* remove *clamav*', 'apt* purge *fail2ban*', 'apt* purge *auditd*', 'apt* remove *auditd*', 'mokutil --disable-validation*', 'sysctl *kernel.randomize_va_space=0*', 'sysctl *kernel.kptr_restrict=0*', 'sysctl *kernel.yama.*=0*', 'mount *--bind * /proc/*', 'mount *-t cgroup *', '*>*/release_agent', '*>*/notify_on_release', 'install *-m 4??? *', 'install *-m 6??? *', 'install *--mode=4??? *', 'xattr -*c* *', 'loginctl enable-linger *', 'systemd-run *--on-*=*', 'sqlite3 *TCC.db*', 'exec -a \\[*', 'man -P *sh *', 'vim -c *:!*sh*', 'less -* *!*sh*']
          command_not_matches: ['xattr -l*', '* --help', 'systemctl mask *sleep*', 'xattr -c [!/~]*', 'aa-teardown -h', 'ufw *--dry-run*', '*systemctl mask *sleep*']
        message: "Rights would grow, or a defence would be gone"
      - action: require_approval
        when:
          command_matches: ['kubectl create *rolebinding *cluster-admin*', 'kubectl debug node/*', 'kubectl *exec *--privileged*', 'kubectl *apply *hostPath:*', 'kubectl *apply *privileged: true*', 'kubectl *apply *hostPID: true*', 'curl *--unix-socket *docker.sock *containers/*', 'curl *--unix-socket *docker.sock *exec*', 'gh ssh-key add *', 'gh api *keys* *-X POST*', 'gh api *-X DELETE *repos/*']
          command_not_matches: ['* --help', 'gh api *--help*']
        message: "Rights in a cluster or an account would grow"
      - action: require_approval
        when:
          command_matches: ['mount /dev/* *&&*chroot *', 'mount /dev/* *;*chroot *', 'tcpdump *-w *', 'tshark *-w *', 'script *-*q* *-c bash*', 'script *-*q*f*/dev/shm/*', 'osascript *login item*', 'osascript *hidden answer*', 'osascript *administrator privileges*', 'while *screencapture *', 'while *xclip *', 'while *pbpaste*', 'while *scrot *', 'grep *PRIVATE KEY* /home*', 'grep *PRIVATE KEY* /root*', 'grep *PRIVATE KEY* /etc*', 'grep *PRIVATE KEY* ~*', 'find / *id_rsa*', 'find / *-name *.pem*', 'find /home *id_*', 'find ~ *id_rsa*']
          command_not_matches: ['*|wc -l', '* --help']
        message: "This watches people, or gathers their keys"

  - name: ask-remote-engines
    description: Who talks to an open container engine or cluster rules that machine, and a key in an address is in every log on the way.
    match: {tool: fetch}
    rules:
      - action: require_approval
        when:
          url_matches: ['http://*:2375/*', 'http://*:2376/*', 'https://*:2376/*', 'http*://*:10250/*', 'http://*:10255/*']
        message: "Who talks to this rules a machine"
      - action: require_approval
        when:
          url_matches: ['*BEGIN%20*PRIVATE%20KEY*', '*?*AKIA[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z]*', '*?*ghp_*', '*?*sk-ant-*', '*?*xoxb-*']
        message: "A key stands in this address"

  - name: block-windows-roots
    description: A drive, Windows itself and a person's profile are to Windows what block-roots protects elsewhere.
    match: {tool: delete}
    rules:
      - action: deny
        when:
          path_matches: ['/?:', '/?:/\\*', '/?:/{Windows,Users,ProgramData,windows,users,programdata}', '/?:/{Windows,Users,ProgramData,windows,users,programdata}/\\*', '/?:/Program Files', '/?:/Program Files \\(x86\\)', '/?:/{Users,users}/*', '/?:/{Windows,windows}/{System32,SysWOW64,system32,syswow64}', '/?:/{Windows,windows}/{System32,SysWOW64,system32,syswow64}/**']
        message: "Deleting a root of the system or of a home blocked"

  - name: block-windows
    description: 'Disks, shadow copies and the hives that hold passwords: what ransomware takes first, and what no build needs.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [diskpart, diskpart.exe, format-volume, clear-disk, initialize-disk, remove-partition, mimikatz, mimikatz.exe]}
        message: "Rewriting disks, or reading credentials, blocked"
      - action: deny
        when:
          program: {name: [vssadmin, vssadmin.exe, wbadmin, wbadmin.exe, bcdedit, bcdedit.exe, cipher, cipher.exe]}
          command_contains: [delete, 'resize shadowstorage', recoveryenabled, ignoreallfailures, testsigning, safeboot, '/w:']
        message: "What Windows is brought back from blocked"
      - action: deny
        when:
          program: {name: [reg, reg.exe, procdump, procdump.exe, procdump64.exe, rundll32, rundll32.exe, ntdsutil, ntdsutil.exe]}
          command_contains: ['save hklm\\s', 'export hklm\\s', 'save hkey_local_machine\\s', lsass, comsvcs, ' ifm']
        message: "Reading the credentials of Windows blocked"

  - name: ask-windows
    description: Scheduled tasks, services, accounts and defences of Windows outlive the session, and changing them is at times the task.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          program: {name: [schtasks, schtasks.exe, sc, sc.exe, reg, reg.exe, new-service, register-scheduledtask, set-itemproperty, new-itemproperty]}
          command_contains: ['/create', '/change', ' create ', 'new-service', 'register-scheduledtask', '\\run', 'winlogon', 'image file execution', 'binpath']
        message: "What runs later would change"
      - action: require_approval
        when:
          program: {name: [set-executionpolicy, set-mppreference, add-mppreference, clear-eventlog, runas, runas.exe, netsh, netsh.exe, net, net.exe, net1, wevtutil, wevtutil.exe, certutil, certutil.exe, new-localuser, add-localgroupmember]}
          command_contains: [set-executionpolicy, mppreference, clear-eventlog, runas, 'advfirewall', ' disable', portproxy, '/add', ' cl ', 'clear-log', addstore, localuser, localgroup]
          command_not_matches: ['net * -*', 'netsh * show *']
        message: "Rights would grow, or a defence would be gone"

  - name: hide-secrets
    description: Private keys and tokens of services in what a tool puts out stay out of the model's context; a program that needs one reads it itself.
    rules:
      - action: deny
        when: {response_holds: secret}
        message: "A secret stands in this output; let the program that needs it read it itself"

  - name: keep-hidden-whole
    description: A line that writes back what was shown with a secret hidden in it would lose the secret.
    match: {tool: exec}
    rules:
      - action: deny
        when: {tool_param_matches: {command: ['*\\[hidden by Rampart\\]*']}}
        message: "The mark of a hidden secret would be written in its place; change the lines around it"

  - name: hide-invisible-text
    description: Text in characters that nobody sees is for the model alone; no script and no emoji needs it.
    rules:
      - action: deny
        when: {response_holds: hidden_text}
        message: "Text that nobody sees stands in this output"

  - name: flag-instructions
    description: Outputs that tell the model what to do are kept in the trail; pages about such attacks say the same, so nothing is withheld.
    rules:
      - action: log
        when: {response_holds: instruction}
        message: "This output speaks to the model"

`,
  strict: `# Everything is denied that is not on a developer's list: reading, building, testing, committing. What
# \`standard\` denies stays denied, whatever the list says. A list cannot know what a test or a build
# script of the project does: who may write those may do what they do.
version: "1"
default_action: deny
extends: standard

policies:
  - name: strict-reading
    description: Programs that only look and print, without the options by which they write or run others.
    match: {tool: exec}
    rules:
      - action: allow
        when:
          program: {name: [ls, cat, head, tail, wc, sort, uniq, cut, tr, diff, cmp, comm, grep, egrep, fgrep, rg, fd, file, stat, du, df, tree, pwd, cd, echo, printf, date, which, type, basename, dirname, realpath, jq, less, more, column, nl, md5sum, sha1sum, sha256sum, 'true', 'false', test, '[', sleep, seq, time]}
          command_not_matches: ['fd *-x*', 'fd *-X*', 'fd *--exec*', 'sort *-o*', 'sort *--output*', 'sort *--compress-program*', 'rg *--pre*', 'tree *-o*']
        message: "Looking at files"
      - action: allow
        when:
          program: {name: find}
          command_not_matches: ['* -delete*', '* -exec*', '* -ok*', '* -fprint*', '* -fls*']
        message: "Looking for files"

  - name: strict-git
    description: What git shows, and what it can take back; pushing, rewriting and discarding are not on the list.
    match: {tool: exec}
    rules:
      - action: allow
        when:
          command_matches: ['git status*', 'git diff*', 'git log*', 'git show*', 'git blame *', 'git branch', 'git branch --list*', 'git branch -a', 'git branch -v*', 'git rev-parse *', 'git ls-files*', 'git describe*', 'git tag', 'git tag -l*', 'git remote -v', 'git stash list', 'git merge-base *', 'git add *', 'git commit *', 'git switch *', 'git checkout -b *', 'git fetch', 'git fetch origin*', 'git pull', 'git stash', 'git stash pop']
          command_not_matches: ['*--output*', '*--ext-diff*', '*--textconv*', '*--upload-pack*', 'git switch *-f*', 'git switch *--discard-changes*', '*--exec*', 'git commit *--amend*']
        message: "Work that git can take back"

  - name: strict-building
    description: Builds, tests and checks run the project's own code, which is the work; whoever may write that code may do what it does.
    match: {tool: exec}
    rules:
      - action: allow
        when:
          command_matches: ['npm test*', 'npm t', 'npm run *', 'npm ci', 'pnpm test*', 'pnpm run *', 'yarn test*', 'yarn run *', 'bun test*', 'bun run *', 'deno test*', 'deno lint*', 'deno fmt*', 'node --test*', 'tsc', 'tsc *', 'eslint *', 'prettier *', 'vitest*', 'jest*', 'pytest*', 'python -m pytest*', 'python3 -m pytest*', 'python -m unittest*', 'python3 -m unittest*', 'ruff *', 'mypy *', 'black *', 'cargo build*', 'cargo test*', 'cargo check*', 'cargo clippy*', 'cargo fmt*', 'go build*', 'go test*', 'go vet*', 'go fmt*', 'gofmt *', make, 'make [a-z]*', 'mvn test*', 'gradle test*', './gradlew test*', 'dotnet test*', 'dotnet build*']
          command_not_matches: ['*-exec*', '*--eval*', '*SHELL=*', 'go * -toolexec*']
        message: "A build, a test or a check"
      - action: allow
        when:
          program: {name: [touch, cp, mv]}
          path_not_matches: ['/{bin,boot,dev,etc,lib,lib64,opt,proc,root,sbin,sys,usr,var}', '/{bin,boot,dev,etc,lib,lib64,opt,proc,root,sbin,sys,usr,var}/**', '~/.*', '~/.*/**', '**/.git', '**/.git/**']
        message: "Files of the project put in place"
      - action: allow
        when:
          program: {name: mkdir}
        message: "An empty directory does nothing"

  - name: strict-files
    description: The agent's own tool for reading; what standard denies, such as keys, stays denied.
    match: {tool: read}
    rules:
      - action: allow
        message: "Reading; credentials are denied by standard"

  - name: strict-writing
    description: 'The agent''s own tool for writing, but for places where something runs by itself: git hooks, pipelines, settings of editors.'
    match: {tool: write}
    rules:
      - action: allow
        when:
          path_not_matches: ['/{bin,boot,dev,etc,lib,lib64,opt,proc,root,sbin,sys,usr,var}/**', '~/.*', '~/.*/**', '**/.git/**', '**/.github/workflows/**', '**/.gitlab-ci.yml', '**/.husky/**', '**/.vscode/**', '**/.idea/**', '**/.claude/**', '**/.cursor/**']
        message: "Writing where nothing runs by itself"

  - name: strict-docs
    description: Documentation that developers read, and nothing that takes what it is sent.
    match: {tool: fetch}
    rules:
      - action: allow
        when:
          domain_matches: [developer.mozilla.org, docs.python.org, pkg.go.dev, docs.rs, doc.rust-lang.org, nodejs.org, '*.readthedocs.io', docs.github.com, en.cppreference.com, www.rfc-editor.org]
        message: "Documentation"

  - name: flag-instructions
    description: What an output tells the model to do is hidden, in pages about such attacks as well.
    rules:
      - action: deny
        when: {response_holds: instruction}
        message: "This output speaks to the model"

`,
}

/** What a policy file may extend besides a profile. */
export const PACKS: Readonly<Record<string, string>> = {
  aws: `# Amazon's cloud: looking is free; keys, users and trails are for people, and so is what cannot come back.
version: "1"
default_action: allow

policies:
  - name: aws-rights
    description: Users, keys and secrets decide who owns the account, and the trail says who did what.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['aws *iam create-access-key*', 'aws *iam create-user*', 'aws *iam create-login-profile*', 'aws *iam attach-*-policy*', 'aws *iam put-*-policy*', 'aws *iam update-assume-role-policy*', 'aws *iam add-user-to-group*', 'aws *cloudtrail stop*', 'aws *cloudtrail delete*', 'aws *cloudtrail stop-logging*', 'aws *cloudtrail delete-trail*', 'aws *guardduty delete-detector*', 'aws *organizations leave-organization*', 'aws *s3api put-bucket-acl *public*', 'aws *s3api delete-public-access-block*', 'aws *s3api put-bucket-policy *']
          command_not_matches: ['* help']
        message: "Who may do what in the account is for a person to change"
      - action: deny
        when:
          command_matches: ['aws *secretsmanager get-secret-value*', 'aws *ssm get-parameter*--with-decryption*', 'aws *sts get-session-token*', 'aws *sts assume-role*', 'aws configure export-credentials*', 'aws *ecr get-login-password', 'aws *kms decrypt*', 'aws *rds generate-db-auth-token*']
        message: "Printing the secrets of an account blocked"

  - name: aws-destruction
    description: Buckets, databases and machines that are gone come back from a backup only.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['aws *s3 rb *--force*', 'aws *s3 rm s3://* *--recursive*', 'aws *kms schedule-key-deletion*', 'aws *rds delete-db-*--skip-final-snapshot*', 'aws *dynamodb delete-table*', 'aws *backup delete-*', 'aws *ec2 delete-snapshot*']
          command_not_matches: ['*--dryrun*', '* help']
        message: "What the account holds would be gone"
      - action: require_approval
        when:
          command_matches: ['aws * delete-*', 'aws * terminate-*', 'aws * stop-instances*', 'aws * deregister-*', 'aws *s3 rb *', 'aws *s3 rm *', 'aws *s3 sync *--delete*', 'aws * modify-*', 'aws * revoke-*', 'aws * authorize-security-group-*']
          command_not_matches: ['*--dryrun*', '*--dry-run*', '* help']
        message: "This changes what runs, or is kept, in the account"

`,
  databases: `# Databases: reading is free, schemas and rows in bulk are for a person, and what empties a server is denied.
version: "1"
default_action: allow

policies:
  - name: databases-emptied
    description: A dropped database or a wiped server is everything at once; changed data and rights are work that a person should see.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [psql, mysql, mariadb, mysqladmin, mongo, mongosh, redis-cli, cqlsh, sqlcmd, cockroach, clickhouse-client, dropdb]}
          command_contains: ['drop database', 'dropdatabase', 'flushall', 'drop schema', 'drop keyspace', 'dropdb ', 'shutdown nosave', 'drop owned', 'reset master']
          command_not_matches: ['*localhost*', '*127.0.0.1*', '*_test*', '*test_*', '* --help']
        message: "What the server holds would be gone"
      - action: require_approval
        when:
          program: {name: [psql, mysql, mariadb, mysqladmin, mongo, mongosh, redis-cli, cqlsh, sqlcmd, sqlite3, cockroach, clickhouse-client, dropdb]}
          command_contains: ['drop ', 'truncate ', 'delete from', 'alter table', 'update ', 'deletemany', 'flushdb', 'flushall', 'grant ', 'create user', 'create role', 'dropdb', 'insert into']
          command_not_matches: ['* --help']
        message: "This changes data or rights: a person looks first"

  - name: databases-code
    description: 'These statements leave the database: they run programs or read files on its server.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [psql, mysql, mariadb, sqlcmd, sqlite3]}
          command_contains: ['to program', 'from program', 'xp_cmdshell', 'load_file(', 'into outfile', 'into dumpfile', 'pg_read_file', 'lo_import', 'sys_exec(', 'load_extension(', 'writefile(']
        message: "Programs and files of the server, through a statement"

`,
  docker: `# Containers: a privileged container is root on its host, and a volume that is pruned is gone.
version: "1"
default_action: allow

policies:
  - name: docker-host
    description: 'Such a container is root on its host: what is run in it is run on the machine.'
    match: {tool: exec}
    rules:
      - action: deny
        when:
          program: {name: [docker, podman, nerdctl]}
          command_matches: ['* --privileged*', '* -v /:*', '* --volume /:*', '* --volume=/:*', '* --mount *source=/,*', '* --pid=host*', '* --pid host*', '* *docker.sock:*', '* --cap-add=ALL*', '* --cap-add ALL*', '* --cap-add=SYS_ADMIN*', '* --device=/dev/*', '* --userns=host*']
          command_not_matches: ['* --help']
        message: "This container would be root on its host"

  - name: docker-volumes
    description: Volumes hold what is meant to outlive a container.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['docker volume rm *', 'docker volume prune*', 'docker system prune*--volumes*', 'docker compose down *-v*', 'docker compose down *--volumes*', 'docker-compose down *-v*', 'podman volume rm *', 'podman volume prune*', 'docker swarm leave *--force*']
          command_not_matches: ['* --help']
        message: "The data of containers would be gone"

  - name: docker-publishing
    description: Others pull what is pushed.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['docker push *', 'docker buildx build *--push*', 'docker login *', 'podman push *', 'docker trust *', 'docker manifest push *']
          command_not_matches: ['* --help']
        message: "Others pull what is pushed"

`,
  gcp: `# Google's cloud: looking is free; keys and rights are for people, and so is what cannot come back.
version: "1"
default_action: allow

policies:
  - name: gcp-rights
    description: Accounts, keys and tokens decide who owns the project.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['gcloud *iam service-accounts keys create*', 'gcloud *add-iam-policy-binding*', 'gcloud *set-iam-policy*', 'gcloud auth print-*', 'gcloud auth application-default print-*', 'gcloud *secrets versions access*', 'gcloud *kms decrypt*', 'gsutil iam ch *allUsers*', 'gsutil acl ch *AllUsers*', 'gcloud *logging sinks delete*']
          command_not_matches: ['* --help']
        message: "Who may do what in the project is for a person to change"

  - name: gcp-destruction
    description: A deleted project or key ring takes everything in it along, and other deletions are seldom a detail.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['gcloud *projects delete*', 'gcloud * delete *--quiet*', 'gcloud * delete *-q', 'gsutil *rm -r gs://*', 'gsutil rb *', 'gcloud storage rm *--recursive*', 'gcloud storage rm *-r *', 'bq rm -r -f *', 'bq rm -rf *', 'gcloud *kms keys versions destroy*']
          command_not_matches: ['* --help']
        message: "What the project holds would be gone"
      - action: require_approval
        when:
          command_matches: ['gcloud * delete *', 'gcloud * stop *', 'gcloud * reset *', 'gcloud *deploy*', 'gsutil rm *', 'gcloud storage rm *', 'bq rm *', 'gcloud *firewall-rules create*']
          command_not_matches: ['* --help']
        message: "This changes what runs, or is kept, in the project"

`,
  git: `# Git where others work too: history that others have is not rewritten, and what is not committed is not
# thrown away without a person.
version: "1"
default_action: allow

policies:
  - name: git-shared-history
    description: Others build on these branches; history that is rewritten is their loss, not the agent's.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['git push *--force* main', 'git push *--force* master', 'git push -f * main', 'git push -f * master', 'git push * +main*', 'git push * +master*', 'git push *--delete main*', 'git push *--delete master*', 'git push * :main', 'git push * :master', 'git push *--mirror*']
          command_not_matches: ['*--dry-run*', '*--force-with-lease*']
        message: "Others build on this branch: its history stays"
      - action: require_approval
        when:
          command_matches: ['git push *--force*', 'git push -f*', 'git push * -f*', 'git push *--delete*', 'git push *--tags*', 'git filter-repo*', 'git filter-branch*', 'git rebase *--root*']
          command_not_matches: ['*--dry-run*', '* --help']
        message: "History that others may have would change"

  - name: git-lost-work
    description: Work that is in no commit has no second copy.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['git reset *--hard*', 'git clean *-*f*', 'git checkout -- *', 'git checkout .', 'git restore .', 'git stash drop*', 'git stash clear*', 'git branch *-D *', 'git reflog expire *', 'git gc *--prune=now*', 'git worktree remove *--force*']
          command_not_matches: ['git clean -n*', 'git clean * -n*', 'git clean *--dry-run*', '* --help']
        message: "Work that was not committed would be gone"

`,
  kubernetes: `# Clusters: looking is free, a pod comes back by itself, and what holds data or rights is for a person.
version: "1"
default_action: allow

policies:
  - name: kubernetes-destruction
    description: Namespaces, volumes and nodes take what is in them along; changes to what runs are seen by users at once.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['kubectl *delete ns *', 'kubectl *delete namespace *', 'kubectl *delete namespaces *', 'kubectl *delete pv *', 'kubectl *delete pvc *', 'kubectl *delete crd *', 'kubectl *delete node *', 'kubectl *delete nodes *', 'kubectl *delete * --all*', 'kubectl *delete *-A*', 'kubectl *delete *--all-namespaces*', 'kubeadm reset*', 'etcdctl *del *--prefix*']
          command_not_matches: ['*--dry-run*', '* --help']
        message: "What a cluster holds would be gone"
      - action: require_approval
        when:
          command_matches: ['kubectl *delete *', 'helm uninstall *', 'helm delete *', 'kubectl *drain *', 'kubectl *scale *--replicas=0*', 'helm rollback *']
          command_not_matches: ['*--dry-run*', '* --help', 'kubectl *delete pod *', 'kubectl *delete pods *']
        message: "What runs in a cluster would stop"

  - name: kubernetes-rights
    description: Secrets and cluster-admin are the whole cluster; ways into what runs are for a person to open.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['kubectl *get secret* *-o *', 'kubectl *get secret* *-o=*', 'kubectl *get secret* --output*', 'kubectl *create *rolebinding *cluster-admin*', 'kubectl *debug node/*', 'kubectl config view *--raw*', 'kubectl *create token *']
        message: "Secrets, or rights over a cluster"
      - action: require_approval
        when:
          command_matches: ['kubectl *exec *', 'kubectl *port-forward *', 'kubectl *apply *', 'kubectl *patch *', 'kubectl *edit *', 'helm install *', 'helm upgrade *', 'kubectl *cp *']
          command_not_matches: ['*--dry-run*', '* --help', '*minikube*', '*kind-*']
        message: "This changes, or enters, what runs in a cluster"

`,
  node: `# JavaScript packages: what the lock file names is installed, what is new is looked at, and nothing is
# published or fetched from elsewhere unasked.
version: "1"
default_action: allow

policies:
  - name: node-publishing
    description: Others install what is published, and whoever holds the token can publish too.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['npm publish*', 'pnpm publish*', 'yarn publish*', 'yarn npm publish*', 'npm unpublish*', 'npm deprecate *', 'npm dist-tag *', 'npm owner add *', 'npm access *', 'npm token *', 'npm login*', 'npm adduser*', 'lerna publish*', 'changeset publish*']
          command_not_matches: ['*--dry-run*', '* --help', 'npm token list*']
        message: "Others install what is published"

  - name: node-sources
    description: A package runs its code when it is installed, so where it comes from is who may run code here.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['npm *--registry*http://*', 'npm config set *registry*http://*', 'npm config set strict-ssl false*', 'yarn config set *registry*http://*', 'npm install http://*', 'npm i http://*', 'npx http*://*', 'npm config set ignore-scripts false*', 'NODE_TLS_REJECT_UNAUTHORIZED=0 npm *']
          command_not_matches: ['*localhost*', '*127.0.0.1*']
        message: "Packages from an address nobody proves"
      - action: require_approval
        when:
          command_matches: ['npm install [a-z@]*', 'npm i [a-z@]*', 'npm add *', 'pnpm add *', 'yarn add *', 'bun add *', 'npm install -g *', 'npm i -g *', 'npx -y *', 'npx --yes *', 'pnpm dlx *', 'yarn dlx *', 'bunx *', 'npm exec *']
          command_not_matches: ['* --help']
        message: "A new package runs its code here: a person looks first"

  - name: node-secrets
    description: These files hold the tokens by which packages are published.
    match: {tool: read}
    rules:
      - action: deny
        when:
          path_matches: ['~/.npmrc', '~/.yarnrc', '~/.yarnrc.yml', '~/.config/pnpm/rc']
        message: "This file holds tokens"

`,
  python: `# Python packages: what the requirements name is installed, what is new is looked at, and nothing is
# published or fetched from elsewhere unasked.
version: "1"
default_action: allow

policies:
  - name: python-publishing
    description: Others install what is published.
    match: {tool: exec}
    rules:
      - action: require_approval
        when:
          command_matches: ['twine upload*', 'python* -m twine upload*', 'poetry publish*', 'flit publish*', 'hatch publish*', 'uv publish*', 'pdm publish*', 'python* setup.py *upload*']
          command_not_matches: ['* --help', '*--dry-run*']
        message: "Others install what is published"

  - name: python-sources
    description: A package runs its code when it is installed, so where it comes from is who may run code here.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['pip* install *--trusted-host*', 'pip* install *http://*', 'python* -m pip install *http://*', 'pip* install *--index-url http:*', 'uv pip install *http://*', 'pip* config set *index-url http:*', 'easy_install *']
          command_not_matches: ['*localhost*', '*127.0.0.1*', '* --help']
        message: "Packages from an address nobody proves"
      - action: require_approval
        when:
          command_matches: ['pip* install [a-zA-Z]*', 'python* -m pip install [a-zA-Z]*', 'uv add *', 'uv pip install [a-zA-Z]*', 'poetry add *', 'pipx install *', 'uvx *', 'pip* install git+*', 'pip* install *--break-system-packages*', 'conda install *']
          command_not_matches: ['* --help']
        message: "A new package runs its code here: a person looks first"

  - name: python-secrets
    description: These files hold the tokens by which packages are published.
    match: {tool: read}
    rules:
      - action: deny
        when:
          path_matches: ['~/.pypirc', '~/.config/pip/pip.conf', '~/.pip/pip.conf', '~/.config/pypoetry/auth.toml']
        message: "This file holds tokens"

`,
  terraform: `# Infrastructure as code: a plan is free, an apply is a person's, and nothing is destroyed unasked.
version: "1"
default_action: allow

policies:
  - name: terraform-destruction
    description: What a state describes is what runs; an apply changes it and a destroy ends it.
    match: {tool: exec}
    rules:
      - action: deny
        when:
          command_matches: ['terraform *destroy *-auto-approve*', 'terraform *apply *-destroy*-auto-approve*', 'tofu *destroy *-auto-approve*', 'terragrunt *destroy*', 'pulumi destroy *--yes*', 'pulumi destroy *-y*', 'terraform state rm *', 'tofu state rm *', 'terraform force-unlock *', 'cdk destroy *--force*']
          command_not_matches: ['* -help*', '* --help']
        message: "What the state describes would be gone"
      - action: require_approval
        when:
          command_matches: ['terraform apply*', 'terraform -chdir=* apply*', 'terraform destroy*', 'terraform -chdir=* destroy*', 'tofu apply*', 'tofu destroy*', 'terragrunt apply*', 'pulumi up*', 'pulumi destroy*', 'cdk deploy*', 'cdk destroy*', 'terraform import *', 'terraform taint *', 'terraform state *mv *', 'terraform state push *', 'terraform workspace delete *']
          command_not_matches: ['* -help*', '* --help']
        message: "This changes what runs: a person looks at the plan first"

  - name: terraform-state
    description: A state holds every secret of what it describes, and edited by hand it describes something else.
    match: {tool: [read, write]}
    rules:
      - action: deny
        when:
          path_matches: ['**/*.tfstate', '**/*.tfstate.backup', '**/*.tfvars.enc', '**/.terraform/terraform.tfstate', '~/.terraform.d/credentials.tfrc.json', '~/.terraformrc', '~/.pulumi/credentials.json']
        message: "A state holds secrets, and is not edited by hand"

`,
}
