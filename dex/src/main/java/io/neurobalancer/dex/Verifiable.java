package io.neurobalancer.dex;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Makes class files that came back from a dex file fit for the verifier of a Java virtual machine:
 * dex2jar does not know whether a called method belongs to an interface, and writes no stack maps.
 */
public final class Verifiable {

  private final Map<String, ClassNode> own = new HashMap<>();
  private int corrected;

  private Verifiable() {}

  /**
   * Writes the classes of a jar to a folder.
   *
   * @param arguments the jar, the folder
   */
  public static void main(String[] arguments) throws IOException {
    Verifiable classes = new Verifiable();
    classes.read(Path.of(arguments[0]));
    classes.write(Path.of(arguments[1]));
    System.out.printf(
        "%d classes, %d calls marked as interface calls%n", classes.own.size(), classes.corrected);
  }

  private void read(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        if (entry.getName().endsWith(".class")) {
          try (InputStream in = zip.getInputStream(entry)) {
            ClassNode node = new ClassNode();
            new ClassReader(in.readAllBytes()).accept(node, ClassReader.SKIP_FRAMES);
            own.put(node.name, node);
          }
        }
      }
    }
  }

  private void write(Path folder) throws IOException {
    for (ClassNode node : own.values()) {
      // The first version whose class files must have stack maps, and whose interfaces have code.
      node.version = Opcodes.V1_8;
      for (MethodNode method : node.methods) {
        for (AbstractInsnNode instruction : method.instructions) {
          if (instruction instanceof MethodInsnNode call && !call.owner.startsWith("[")) {
            boolean wanted = isInterface(call.owner);
            corrected += call.itf == wanted ? 0 : 1;
            call.itf = wanted;
          }
        }
      }
      ClassWriter writer =
          new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected String getCommonSuperClass(String a, String b) {
              return common(a, b);
            }
          };
      node.accept(writer);
      Path file = folder.resolve(node.name + ".class");
      Files.createDirectories(file.resolveSibling("."));
      Files.write(file, writer.toByteArray());
    }
  }

  private String common(String a, String b) {
    if (!isInterface(a) && !isInterface(b)) {
      List<String> above = chain(a);
      for (String candidate : chain(b)) {
        if (above.contains(candidate)) {
          return candidate;
        }
      }
    }
    return "java/lang/Object";
  }

  private List<String> chain(String name) {
    List<String> chain = new ArrayList<>();
    for (String at = name; at != null; at = superclass(at)) {
      chain.add(at);
    }
    return chain;
  }

  private @Nullable String superclass(String name) {
    ClassNode node = own.get(name);
    if (node != null) {
      return node.superName;
    }
    Class<?> above = jdk(name).getSuperclass();
    return above == null ? null : above.getName().replace('.', '/');
  }

  private boolean isInterface(String name) {
    ClassNode node = own.get(name);
    return node == null ? jdk(name).isInterface() : (node.access & Opcodes.ACC_INTERFACE) != 0;
  }

  /** Returns a class of the Java runtime; an array's is as good as an object here. */
  private static Class<?> jdk(String name) {
    try {
      return name.startsWith("[")
          ? Object.class
          : Class.forName(
              name.replace('/', '.'), false, ClassLoader.getPlatformClassLoader());
    } catch (ClassNotFoundException e) {
      // Annotations that are not there at run time.
      return Object.class;
    }
  }
}
