/* space.c - a process in a network of its own
 *
 * Between fork() and exec() only system calls are made: the probe has threads that look up names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/if_tun.h>

#define DEVICE "sstp0"

enum { STATUS_NO_COMMAND = 127, TEXT_LEN = 128, END_MS = 500, LOOK_MS = 10 };

/* Where it went wrong; the words are the parent's. */
enum place { PLACE_NAMESPACE, PLACE_IDENTITY, PLACE_DEVICE, PLACE_ADDRESS, PLACE_RESOLVER };
struct report {
    int place;
    int error; /* 0: all is well */
};

/* What the child needs, made before fork(). */
struct plan {
    const struct space_options *options;
    int socket;
    char resolv_conf[TEXT_LEN]; /* text */
    char file[TEXT_LEN];        /* with it */
    char uid_map[TEXT_LEN], gid_map[TEXT_LEN], ping_groups[TEXT_LEN];
};

/* --- the child -------------------------------------------------------------------------------- */

static bool
write_text(const char *path, const char *text)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const size_t len = strlen(text);

    if (fd < 0)
        return false;
    const bool good = write(fd, text, len) == (ssize_t)len;
    const int error = errno;
    close(fd);
    errno = error;
    return good;
}

/* Its user stays who it is, with rights in the new namespaces alone, until exec(). */
static bool
become_itself(const struct plan *plan)
{
    return (write_text("/proc/self/setgroups", "deny") || errno == ENOENT) &&
           write_text("/proc/self/uid_map", plan->uid_map) &&
           write_text("/proc/self/gid_map", plan->gid_map);
}

static struct sockaddr
address_of(uint32_t address)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };
    struct sockaddr any;

    memcpy(&any, &in, sizeof any);
    return any;
}

static int
open_device(void)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    const int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

    memcpy(request.ifr_name, DEVICE, sizeof DEVICE);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) == 0)
        return fd;
    const int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static bool
bring_up(int fd, const char *name)
{
    struct ifreq request = { .ifr_flags = 0 };

    memcpy(request.ifr_name, name, strlen(name) + 1);
    if (ioctl(fd, SIOCGIFFLAGS, &request) != 0)
        return false;
    request.ifr_flags |= IFF_UP;
    return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

static bool
set_addresses(const struct plan *plan)
{
    const struct space_options *options = plan->options;
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq address = { .ifr_addr = address_of(options->address) };
    struct ifreq peer = { .ifr_dstaddr = address_of(options->peer) };
    struct ifreq mtu = { .ifr_mtu = (int)options->mtu };
    struct rtentry route = { .rt_dst = address_of(0),
                             .rt_genmask = address_of(0),
                             .rt_flags = RTF_UP,
                             .rt_dev = (char *)DEVICE };

    memcpy(address.ifr_name, DEVICE, sizeof DEVICE);
    memcpy(peer.ifr_name, DEVICE, sizeof DEVICE);
    memcpy(mtu.ifr_name, DEVICE, sizeof DEVICE);
    return fd >= 0 && bring_up(fd, "lo") && ioctl(fd, SIOCSIFADDR, &address) == 0 &&
           (options->peer == 0 || ioctl(fd, SIOCSIFDSTADDR, &peer) == 0) &&
           (options->mtu == 0 || ioctl(fd, SIOCSIFMTU, &mtu) == 0) && bring_up(fd, DEVICE) &&
           ioctl(fd, SIOCADDRT, &route) == 0;
}

/* The resolvers of the tunnel; programs of this host that answer for it by other ways are hidden.
 */
static bool
set_resolvers(const struct plan *plan)
{
    static const char systemd[] = "/run/systemd/resolve";

    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    if (access(systemd, F_OK) == 0 &&
        (mount("none", systemd, "tmpfs", MS_NOSUID | MS_NODEV, NULL) != 0 ||
         !write_text("/run/systemd/resolve/stub-resolv.conf", plan->resolv_conf) ||
         !write_text("/run/systemd/resolve/resolv.conf", plan->resolv_conf)))
        return false;
    if (access("/run/nscd", F_OK) == 0 &&
        mount("none", "/run/nscd", "tmpfs", MS_NOSUID | MS_NODEV, NULL) != 0)
        return false;
    return mount(plan->file, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;
}

/* Tells the parent how it went, and gives it the descriptor. */
static bool
give(const struct plan *plan, struct report report, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec piece = { &report, sizeof report };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

    if (fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    return sendmsg(plan->socket, &message, MSG_NOSIGNAL) == sizeof report;
}

static bool
make_space(const struct plan *plan, enum place *place, int *tun)
{
    *place = PLACE_NAMESPACE;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
        return false;
    *place = PLACE_IDENTITY;
    if (!become_itself(plan))
        return false;
    *place = PLACE_DEVICE;
    *tun = open_device();
    if (*tun < 0)
        return false;
    *place = PLACE_ADDRESS;
    if (!set_addresses(plan))
        return false;
    write_text("/proc/sys/net/ipv4/ping_group_range", plan->ping_groups); /* of its network alone */
    *place = PLACE_RESOLVER;
    return set_resolvers(plan);
}

static void
run_child(const struct plan *plan)
{
    char *const arguments[] = { (char *)"sh", (char *)"-c", (char *)plan->options->command, NULL };
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    enum place place;
    int tun = -1;
    char go;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!make_space(plan, &place, &tun)) {
        give(plan, (struct report){ (int)place, errno }, -1);
        _exit(STATUS_NO_COMMAND);
    }
    dup2(nothing, STDIN_FILENO);
    if (plan->options->quiet_stdout)
        dup2(STDERR_FILENO, STDOUT_FILENO);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (give(plan, (struct report){ 0, 0 }, tun) && read(plan->socket, &go, 1) == 1)
        execv("/bin/sh", arguments);
    _exit(STATUS_NO_COMMAND);
}

/* --- the parent ------------------------------------------------------------------------------- */

static bool
fail(GError **error, const char *what, int number)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, g_strerror(number));
    return false;
}

static void
append_resolver(GString *text, uint32_t address)
{
    if (address)
        g_string_append_printf(text, "nameserver %u.%u.%u.%u\n", address >> 24,
                               address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
}

static bool
make_plan(struct plan *plan, const struct space_options *options, int socket, GError **error)
{
    GString *text = g_string_new("# of the tunnel\n");
    char *path = NULL;

    *plan = (struct plan){ .options = options, .socket = socket };
    append_resolver(text, options->dns1);
    append_resolver(text, options->dns2);
    g_strlcpy(plan->resolv_conf, text->str, sizeof plan->resolv_conf);
    g_snprintf(plan->uid_map, TEXT_LEN, "%u %u 1", getuid(), getuid());
    g_snprintf(plan->gid_map, TEXT_LEN, "%u %u 1", getgid(), getgid());
    g_snprintf(plan->ping_groups, TEXT_LEN, "%u %u", getgid(), getgid());
    const int fd = g_file_open_tmp("sstpprobe-XXXXXX", &path, error);
    bool good = fd >= 0;
    if (good) {
        g_strlcpy(plan->file, path, sizeof plan->file);
        good = fchmod(fd, 0644) == 0 && write(fd, text->str, text->len) == (ssize_t)text->len;
        if (!good)
            fail(error, path, errno);
        close(fd);
    }
    g_free(path);
    g_string_free(text, TRUE);
    return good;
}

/* What the child says; its descriptor, -1: none. */
static struct report
receive(int socket, int *fd)
{
    struct report report = { PLACE_NAMESPACE, ECHILD };
    char control[CMSG_SPACE(sizeof *fd)];
    struct iovec piece = { &report, sizeof report };
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };

    *fd = -1;
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof report)
        return (struct report){ PLACE_NAMESPACE, ECHILD };
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return report;
}

static bool
take_report(struct space *space, int socket, GError **error)
{
    static const char *const places[] = {
        [PLACE_NAMESPACE] = "this host grants no user and network namespace",
        [PLACE_IDENTITY] = "this host grants no rights in a user namespace",
        [PLACE_DEVICE] = "this host grants no tun device (/dev/net/tun)",
        [PLACE_ADDRESS] = "addresses of a network of its own",
        [PLACE_RESOLVER] = "/etc/resolv.conf of its own",
    };
    const struct report report = receive(socket, &space->tun);

    if (report.error == 0 && space->tun >= 0)
        return true;
    return fail(error, places[report.place], report.error);
}

bool
space_start(struct space *space, const struct space_options *options, GError **error)
{
    struct plan plan;
    int ends[2];

    *space = (struct space){ .pid = -1, .tun = -1 };
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(error, "socketpair", errno);
    bool good = make_plan(&plan, options, ends[1], error);
    if (good && (space->pid = fork()) == 0)
        run_child(&plan);
    close(ends[1]);
    if (good && space->pid < 0)
        good = fail(error, "fork", errno);
    good = good && take_report(space, ends[0], error);
    if (*plan.file)
        unlink(plan.file);
    if (good)
        good = write(ends[0], "", 1) == 1 || fail(error, "command", errno);
    close(ends[0]);
    if (!good)
        space_clear(space);
    return good;
}

bool
space_has_ended(const struct space *space, int *status)
{
    siginfo_t info = { .si_pid = 0 };

    /* The zombie stays, so that its number is nobody else's until space_clear(). */
    if (waitid(P_PID, (id_t)space->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return false;
    *status = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
    return true;
}

void
space_clear(struct space *space)
{
    int status;

    if (space->pid > 0) {
        kill(-space->pid, SIGTERM);
        for (int i = 0; i < END_MS / LOOK_MS && !space_has_ended(space, &status); i++)
            poll(NULL, 0, LOOK_MS);
        kill(-space->pid, SIGKILL);
        kill(space->pid, SIGKILL);
        waitpid(space->pid, &status, 0);
    }
    if (space->tun >= 0)
        close(space->tun);
    *space = (struct space){ .pid = -1, .tun = -1 };
}
