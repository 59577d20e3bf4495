package io.entrepot.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. {@code sun.misc.Signal} is what every JDK has for them, and nothing else is: it is called
 * by reflection because the compiler warns of it, whatever one does, and warnings are errors here.
 */
final class Signals {

    private Signals() {}

    /** Runs this on a thread of the JVM each time the signal comes. Where there is no such signal, nothing happens. */
    static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            };
            Object proxy = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, run);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            // Not a JVM that we know, or a signal that it keeps for itself.
        }
    }
}
