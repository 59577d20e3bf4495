package io.entrepot.server.http;

import io.entrepot.oci.RegistryException;

/** What a request must keep to, so that nobody before us can have read it otherwise: no body, one host, HTTP/1.1. */
final class RequestRules {

    private static final String[] ONCE = {"Content-Length", "Host", "Authorization", "Entrepot-Node"};

    private RequestRules() {}

    /** @throws RegistryException.BadRequest, or Unsupported for a method other than GET and HEAD */
    static void check(RequestHead head) {
        version(head);
        if (!head.method().equals("GET") && !head.isHead()) {
            throw new RegistryException.Unsupported(
                    head.method() + ": the mirror is read-only (expected: GET or HEAD)");
        }
        refuseBody(head);
        common(head);
    }

    /** Of a form that came with its head: its length was looked at before it was read. */
    static void checkForm(RequestHead head) {
        version(head);
        common(head);
    }

    private static void version(RequestHead head) {
        if (!head.version().equals("HTTP/1.1")) {
            throw new RegistryException.BadRequest(505, head.version() + " is not spoken here (expected: HTTP/1.1)");
        }
    }

    private static void common(RequestHead head) {
        for (String name : ONCE) {
            if (head.count(name) > 1) {
                throw bad(name + " is there " + head.count(name) + " times (expected: once)");
            }
        }
        requireHost(head.value("Host"));
        if (head.count("Expect") > 0) {
            throw new RegistryException.BadRequest(417, "Expect: " + head.value("Expect") + " (expected: none)");
        }
    }

    private static void refuseBody(RequestHead head) {
        if (head.count("Transfer-Encoding") > 0) {
            throw bad("Transfer-Encoding in a " + head.method() + " (expected: no body)");
        }
        String length = head.value("Content-Length");
        if (head.count("Content-Length") > 0 && !length.equals("0")) {
            throw bad("Content-Length: " + length + " in a " + head.method() + " (expected: no body)");
        }
    }

    private static void requireHost(String host) {
        if (host.isEmpty() || !isHost(host)) {
            throw bad("Host: " + host + " (expected: a host name, with or without a port)");
        }
    }

    private static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isHostChar(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHostChar(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || ".-_:[]".indexOf(c) >= 0;
    }

    private static RegistryException bad(String message) {
        return new RegistryException.BadRequest(400, message);
    }
}
