import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's command-line tools one after the other in this one Java virtual machine, since a start
 * of it takes longer than most of them.
 *
 * <p>A line of input is a command: what the tool reads, its class, then its arguments, each in base64,
 * separated by blanks. The answer is a line: the exit code, what the tool wrote to its standard output
 * and to its standard error, in the same form. Each command gets the classes of the tools anew, so
 * that nothing which they keep in static fields outlives it.
 */
public final class ToolServer {
    private static final String TOOLS = "org.apache.kafka.tools.";

    private static final InputStream INPUT = System.in;
    private static final PrintStream OUTPUT = System.out;
    private static final PrintStream ERRORS = System.err;

    private static final List<Runnable> exitHooks = new ArrayList<>();
    private static Integer exitCode;

    private ToolServer() {}

    /** Ends a tool that asked to exit. */
    private static final class Exited extends ThreadDeath {
        private static final long serialVersionUID = 1L;
    }

    /** Loads the tools' classes itself, all others where everybody's are. */
    private static final class ToolClassLoader extends URLClassLoader {
        ToolClassLoader(URL[] jars) {
            super(jars, ToolServer.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(TOOLS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                boolean isHere = findResource(name.replace('.', '/') + ".class") != null;
                return isHere ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Exit.setExitProcedure((code, message) -> exited(code));
        Exit.setHaltProcedure((code, message) -> exited(code));
        Exit.setShutdownHookAdder((name, hook) -> exitHooks.add(hook));
        URL[] toolJars = toolJars();
        BufferedReader commands = new BufferedReader(new InputStreamReader(INPUT, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = Arrays.stream(line.split(" ")).map(ToolServer::decode).toArray(String[]::new);
            try (ToolClassLoader tools = new ToolClassLoader(toolJars)) {
                OUTPUT.println(run(tools, words));
                OUTPUT.flush();
            }
        }
    }

    private static URL[] toolJars() throws ClassNotFoundException {
        Class<?> anyTool = Class.forName(TOOLS + "TopicCommand", false, ToolServer.class.getClassLoader());
        return new URL[] {anyTool.getProtectionDomain().getCodeSource().getLocation()};
    }

    private static void exited(int code) {
        if (exitCode == null) {
            exitCode = code;
            // Tools that catch everything go on for a while; nobody would have seen what they write.
            System.setOut(new PrintStream(OutputStream.nullOutputStream()));
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        }
        throw new Exited();
    }

    private static String run(ToolClassLoader tools, String[] words) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(words[0].getBytes(StandardCharsets.UTF_8)));
        PrintStream toOutput = new PrintStream(output, true, StandardCharsets.UTF_8);
        PrintStream toErrors = new PrintStream(errors, true, StandardCharsets.UTF_8);
        System.setOut(toOutput);
        System.setErr(toErrors);
        exitCode = null;
        try {
            call(tools, words[1], Arrays.copyOfRange(words, 2, words.length));
        } finally {
            toOutput.flush();
            toErrors.flush();
            System.setIn(INPUT);
            System.setOut(OUTPUT);
            System.setErr(ERRORS);
        }
        return (exitCode == null ? 0 : exitCode) + " " + encode(output) + " " + encode(errors);
    }

    private static void call(ToolClassLoader tools, String tool, String[] arguments) {
        Thread.currentThread().setContextClassLoader(tools);
        try {
            tools.loadClass(tool).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException thrown) {
            if (!(thrown.getCause() instanceof Exited)) {
                thrown.getCause().printStackTrace();
                exitCode = 1;
            }
        } catch (ReflectiveOperationException missing) {
            missing.printStackTrace();
            exitCode = 1;
        } finally {
            exitHooks.forEach(Runnable::run);
            exitHooks.clear();
        }
    }

    private static String decode(String word) {
        return new String(Base64.getDecoder().decode(word.substring(1)), StandardCharsets.UTF_8);
    }

    /** A letter stands in front, so that an empty text is a word as well. */
    private static String encode(ByteArrayOutputStream bytes) {
        return "=" + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
