package io.entrepot.loadtest;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a test has put in the way of a fake registry's answers: faults, gates, a pause. */
final class Trouble {

    private final List<ActiveFault> faults = new CopyOnWriteArrayList<>();
    private final List<Gate> bodyGates = new CopyOnWriteArrayList<>();
    private final List<Gate> answerGates = new CopyOnWriteArrayList<>();
    private volatile Gate pause = new Gate("", 0);

    Trouble() {
        pause.release();
    }

    ActiveFault add(Injection injection) {
        ActiveFault active = new ActiveFault(injection, faults::remove);
        faults.add(active);
        return active;
    }

    void clearFaults() {
        faults.clear();
    }

    Gate holdBody(String pathPart, long n) {
        Gate gate = new Gate(pathPart, n);
        bodyGates.add(gate);
        return gate;
    }

    Gate holdAnswer(String pathPart) {
        Gate gate = new Gate(pathPart, 0);
        answerGates.add(gate);
        return gate;
    }

    void pause() {
        pause = new Gate("", 0);
    }

    void resume() {
        pause.release();
    }

    /** The faults that hit this request, which counts for each that matches. */
    List<Injection> hits(Request request) {
        return faults.stream()
                .filter(fault -> fault.hit(request))
                .map(ActiveFault::injection)
                .toList();
    }

    /** The places where the body of the answer to this request has to wait. */
    List<Gate> bodyGates(Request request) {
        return bodyGates.stream().filter(gate -> gate.holds(request)).toList();
    }

    /** Waits wherever the answer to this request has to wait before its first byte. */
    void holdBack(Request request) throws InterruptedException {
        pause.pass();
        for (Gate gate : answerGates) {
            if (gate.holds(request)) {
                gate.pass();
            }
        }
    }
}
